"""Data of the old room, overwritten where they lay, with proof, once nothing leads back."""

from playbooks.migration.wipe.part import Wipe
from playbooks.migration.wipe.plan import WipePlan

__all__ = ["Wipe", "WipePlan"]
