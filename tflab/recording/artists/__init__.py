"""What a figure of matplotlib shows, read off its artists. Nothing here imports matplotlib."""
