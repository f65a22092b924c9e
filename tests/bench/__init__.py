"""Benchmarks: ours and a peer in the same run, on the same platform, with the ratio."""
