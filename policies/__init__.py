"""What is allowed: rules as data, and the gates that judge by them."""
