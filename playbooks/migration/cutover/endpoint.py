"""Where people reach a system: the old one, a page that asks for patience, or the new one."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from typing import Protocol


class Side(StrEnum):
    """What answers at the system's name."""

    OLD = "old"
    CLOSED = "closed"
    NEW = "new"


class Endpoint(Protocol):
    """A name, a proxy or a route; each call may be made again."""

    def side(self) -> Side:
        """Ask what answers now."""
        ...

    def point(self, side: Side) -> None:
        """Let this side answer, and return once it does."""
        ...


def led_over(endpoint: Endpoint) -> bool:
    """Say whether people are on the new side, whoever led them: journals may lie elsewhere."""
    with suppress(Exception):  # who leads people may not be there yet, or not be reached
        return endpoint.side() is Side.NEW
    return False
