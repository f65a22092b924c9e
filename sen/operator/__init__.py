"""Turns approved requests into tenants by running stacks, again and again, until both agree."""
