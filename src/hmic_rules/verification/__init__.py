"""What a rule set promises of every case, proven; and what two editions of one give differently."""
