"""The history of runs: screen, columns, comparison."""
