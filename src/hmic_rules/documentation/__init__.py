"""A page about a rule set that writes itself, as HTML or as Markdown."""
