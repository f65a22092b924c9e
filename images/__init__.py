"""What makes the container image: a system without a shell, the locked environment, the built tools."""
