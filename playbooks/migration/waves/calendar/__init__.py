"""Days on which nothing moves: Tết, public holidays, the turn of a month."""
