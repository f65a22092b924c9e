"""What others know of the estate: inventories, scans, recorded connections."""
