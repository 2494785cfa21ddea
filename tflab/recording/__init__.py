"""What stands behind `tflab.lab`: turning what a lesson hands over into events, cheaply."""
