"""Pure readers: from what a host printed to the parts of the estate."""
