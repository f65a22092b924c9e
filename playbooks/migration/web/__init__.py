"""Web applications on their way: sites, their settings, and what ran by the clock."""
