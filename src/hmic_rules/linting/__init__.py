"""What is odd in a rule set that loads: found by looking at it, and by a bounded search of the cases that it could meet."""
