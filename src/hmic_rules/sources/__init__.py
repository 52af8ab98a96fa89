"""A document cut into addressed passages, and citations held to it."""
