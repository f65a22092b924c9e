"""Proof of what was done: one chain of records, signed checkpoints that nobody can take back."""

from sen.evidence.chain import Chain
from sen.evidence.record import Act, Record

__all__ = ["Act", "Chain", "Record"]
