"""Runs on disk: the events of a run, the log that keeps them, and the folder of all runs.

Two halves meet in the files of a run folder. The writing half belongs to the run side and needs
the standard library only: `events`, `record`, `log_writer`, `protocol`, `reserve`, `lost`,
`processes`, `kept_file`, `atomic_files`, `system_errors` and `text`. The reading half, which is
all the rest, belongs to the workbench. A test holds the two against each other over every kind of
event.
"""
