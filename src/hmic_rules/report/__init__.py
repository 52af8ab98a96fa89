"""An inspection as one page of HTML that opens from disk: what goes on it as data, and the page."""
