"""Rule sets of an invented body, as files. Nothing here has to be imported."""
