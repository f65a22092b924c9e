"""A neglected citizens' portal moves to a tenant and back: `make demo-migration`."""
