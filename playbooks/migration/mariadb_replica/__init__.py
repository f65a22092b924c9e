"""Moves a MariaDB database to another MariaDB server by replication, with a way back."""
