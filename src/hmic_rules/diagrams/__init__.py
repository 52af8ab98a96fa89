"""A rule set as a decision diagram: every question about it is a walk."""
