"""Moves a PostgreSQL database to another server by logical replication, with a way back."""
