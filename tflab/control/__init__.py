"""Starting, following and stopping runs, and finding devices: no screen, no TensorFlow."""
