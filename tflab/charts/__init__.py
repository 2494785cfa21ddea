"""Charts as text: pure functions from series and figures to rows of cells."""
