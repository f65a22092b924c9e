"""Tenants as people see them: what is there, what a request would lead to, what differs."""
