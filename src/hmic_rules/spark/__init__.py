"""Tables of cases on Spark."""
