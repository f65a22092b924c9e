"""What may be asked for: pydantic models and pure functions, without Pulumi."""
