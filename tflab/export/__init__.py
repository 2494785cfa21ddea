"""Taking runs elsewhere: one module for each format. Nothing here imports TensorFlow."""
