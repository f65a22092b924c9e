"""What gates found out, kept: which control was last seen when, by which run, on which object."""
