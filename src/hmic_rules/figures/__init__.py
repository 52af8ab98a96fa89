"""Figures and dates of a report, and what should hold among them."""
