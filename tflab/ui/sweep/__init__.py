"""Sweeps on the screen: form, chart and table."""
