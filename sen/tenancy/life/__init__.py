"""The effects of a tenant's life: to stop and start it, to hand it over, to remove it."""
