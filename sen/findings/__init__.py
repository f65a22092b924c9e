"""What checks found, written for people, for programs and for the tools of others."""
