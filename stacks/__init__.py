"""What is built: Pulumi stacks, their models and their components."""
