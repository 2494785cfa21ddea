"""The screens of the workbench: the main one, and the few that open over it."""
