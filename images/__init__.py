"""What makes the container image: a system without a shell, the lock, the built tools."""
