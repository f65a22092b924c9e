"""The door through Git: what was merged is asked for, and whoever merged it may have agreed."""
