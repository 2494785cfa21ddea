"""What `tflab doctor` looks at. Each check says what it found and, if need be, how to mend it."""
