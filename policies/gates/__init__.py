"""Adapters: an object and the rules become findings, at plan time and at admission."""
