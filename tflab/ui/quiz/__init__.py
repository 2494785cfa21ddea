"""Questions over the workbench: a review, or a placement."""
