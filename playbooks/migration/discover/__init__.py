"""Finds what runs on old servers and what talks to what; nothing is written on them."""
