"""Text of old databases and files: which encoding it has, and what it says in Unicode."""
