"""An archive of recorded outcomes held against what the rules give."""
