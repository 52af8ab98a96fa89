"""Glossaries: the abbreviations of a report as data, and where our own texts use them."""
