"""Whole hosts, where nothing better fits: their file systems, then the services that ran."""

from playbooks.migration.host.move import HostMove
from playbooks.migration.host.plan import HostPlan

__all__ = ["HostMove", "HostPlan"]
