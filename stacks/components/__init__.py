"""What a stack is made of: one Pulumi component a module."""
