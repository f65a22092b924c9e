"""Leads a system over: rehearses, switches behind gates, goes back by itself, ends."""

from playbooks.migration.cutover.endpoint import Endpoint
from playbooks.migration.cutover.gates import Rehearsal, in_window, lag_small, rehearsed
from playbooks.migration.cutover.journey import Journey
from playbooks.migration.cutover.smoke import SmokeTest

__all__ = ["Endpoint", "Journey", "Rehearsal", "SmokeTest", "in_window", "lag_small", "rehearsed"]
