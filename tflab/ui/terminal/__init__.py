"""Every place that leans on Textual's internals, each with its reason."""
