"""Moves a MariaDB or MySQL database to PostgreSQL or MariaDB, old text decoded on the way."""
