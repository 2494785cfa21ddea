"""Runs on disk: the events of a run, the log that keeps them, and the folder of all runs."""
