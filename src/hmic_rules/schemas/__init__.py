"""JSON Schemas of the files of the language, for editors and for checks elsewhere (docs/writing.md)."""
