"""What people run: the command line, the local platform, the toolchain."""
