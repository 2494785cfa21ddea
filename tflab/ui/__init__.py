"""The workbench on the screen: a Textual app over lessons, runs and charts."""
