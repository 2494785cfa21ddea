"""Lessons: reading the file format, checking parameters, finding and ordering the course."""
