"""What was decided, put down so that years later it can be computed again: sealed records, replay, and the journal that chains them."""
