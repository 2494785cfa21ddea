"""Every figure that the README quotes: `python -m benchmarks`, or one of the modules alone."""
