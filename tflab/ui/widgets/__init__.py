"""The widgets of the workbench, one a file, named as the screen names them."""
