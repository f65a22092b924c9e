"""One step of a move, and the gates before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from playbooks.migration.steps.pace import Pulse

Facts = Mapping[str, object]


@dataclass(frozen=True)
class Gate:
    """What must hold before a step begins.

    Attributes:
        closed: Asks the world and gives the reason why not, in words for people; None when open.
        title: Its name for people; journals and records keep `name`.
    """

    name: str
    closed: Callable[[], str | None]
    title: str = ""

    @property
    def called(self) -> str:
        """Give its name as people read it."""
        return self.title or self.name


@dataclass(frozen=True)
class Step:
    """Something that is done once, however often it is begun.

    Attributes:
        name: Stable: the journal knows the step by it.
        do: Does it, or goes on where a killed run stopped; gives what is worth recording (counts,
            checksums; never a secret). It may be called again after it succeeded.
        stands: Asks the world whether what the step made is still there; without it, the journal's
            word is taken.
        undo: Takes the step back; None where there is nothing to take back.
        gates: Asked in order, each time, just before `do`.
        expected: Seconds, from the last rehearsal.
        final: Whether this is the point of no return: from its beginning nothing is undone.
    """

    name: str
    do: Callable[[Pulse], Facts]
    stands: Callable[[], bool] | None = None
    undo: Callable[[], None] | None = None
    gates: Sequence[Gate] = field(default=())
    expected: float | None = None
    final: bool = False
