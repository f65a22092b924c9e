"""A move as steps: each may be done again, is written down before and after, and can be undone."""

from playbooks.migration.steps.journal import Entry, Event, Journal
from playbooks.migration.steps.pace import Pace, Pulse
from playbooks.migration.steps.run import GateClosedError, Outcome, Run
from playbooks.migration.steps.step import Gate, Step

__all__ = [
    "Entry",
    "Event",
    "Gate",
    "GateClosedError",
    "Journal",
    "Outcome",
    "Pace",
    "Pulse",
    "Run",
    "Step",
]
