"""Which build function a stack's settings pick."""
