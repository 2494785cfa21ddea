"""The workbench without a screen. The command line and the app both stand on it."""
