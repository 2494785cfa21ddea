"""Questions on what the course teaches, with new numbers each time: for review and placement."""
