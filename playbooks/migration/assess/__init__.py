"""Says of each system what to do with it, why, how large it will be and what it costs."""
