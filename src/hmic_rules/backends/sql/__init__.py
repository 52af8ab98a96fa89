"""Rule sets as SQL over tables of cases; DuckDB runs it."""
