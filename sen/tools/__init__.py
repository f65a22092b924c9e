"""The toolchain: where each pinned program is, and how it is built when it is nowhere."""
