"""Engines beside the reference: rules computed a second time, by somebody else's code."""
