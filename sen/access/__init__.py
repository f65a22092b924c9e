"""Who may do what, for how long: certificates of people, reviews, leavers, break-glass."""
