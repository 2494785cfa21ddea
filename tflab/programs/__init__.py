"""From a file to a program: cells, parameters, presets, the course. Nothing is executed here."""
