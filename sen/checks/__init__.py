"""What `sen check` does between the command line and the gates."""
