"""Moves the host of an order in a process of its own, so that it can be killed."""

import json
import sys
from pathlib import Path

from playbooks.migration.host import HostMove
from playbooks.migration.order.journeys import parts
from playbooks.migration.order.model import SystemOrder
from playbooks.migration.steps import Journal, Run


def move_of(given: str) -> HostMove:
    """Give the one part that the system of an order has: a host."""
    job = json.loads(given)
    (found,) = parts(SystemOrder.model_validate(job["system"]), Path(job["folder"]))
    if not isinstance(found, HostMove):
        raise TypeError(found)
    return found


def run(move: HostMove, series: str) -> dict:
    steps, journal = getattr(move, series)(), Journal(journal_of(move, series))
    return dict(Run("w1/kho", steps, journal, lambda *_: None).forward().facts)


def journal_of(move: HostMove, series: str) -> Path:
    return move.folder / f"{series}.jsonl"


if __name__ == "__main__":
    run(move_of(sys.argv[1]), sys.argv[2])
