"""Moves old systems to the platform: discovers, assesses, plans, moves, verifies, goes back."""
