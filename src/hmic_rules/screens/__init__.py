"""What a person reads at a terminal, a module for each screen. They read records and decide nothing."""
