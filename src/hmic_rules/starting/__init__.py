"""Rule sets to start from: whole, plain and invented, to be changed by whoever writes one."""
