"""Files of the language in one layout, with every comment (docs/writing.md). What a file says is compared before it is written."""
