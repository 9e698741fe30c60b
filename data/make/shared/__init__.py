"""What layers have in common: the world, names, shapes, files, headers."""
