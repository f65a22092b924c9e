"""Quota and money of the hierarchy: what is limited, asked, granted, left, and what it costs."""
