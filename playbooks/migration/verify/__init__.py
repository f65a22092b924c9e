"""Proves that what arrived is what left: rows, shape, rights, sequences; differences by row."""

from playbooks.migration.verify.difference import Check, Difference, Verdict

__all__ = ["Check", "Difference", "Verdict"]
