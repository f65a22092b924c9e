"""Where a journey stands, as its journals say, and who works on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from playbooks.migration.cutover.endpoint import Endpoint, led_over
from playbooks.migration.steps import Event, Journal
from stacks.problem import Problem, ProblemError

FORTH, BACK, FILL, FINISH = "cut over", "roll back", "fill", "finish"
OPEN, OPEN_OLD = "open", "open old"
ASKED = frozenset({Event.BEGUN, Event.FAILED, Event.DONE})


@dataclass(frozen=True)
class Journals:
    """The journals of one system, in one folder.

    Attributes:
        name: Of the journey: `<wave>/<system>`.
    """

    folder: Path
    name: str

    def of(self, what: str) -> Journal:
        return Journal(self.folder / f"{what.replace(' ', '-')}.jsonl")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep others from every act on this system, not only from the one that runs.

        Raises:
            ProblemError: Another process works on it.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(self.folder / "journey.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise ProblemError(Problem("move-held", self.name, {})) from None
        try:
            self._settle()
            yield
        finally:
            lock.release()

    def put_away(self) -> None:
        """Begin anew after people were led back: the next switch begins with its first step.

        The way forth goes first: a process killed in between leaves the whole way back, from which
        the next one sees what is left to do.
        """
        for what in (FORTH, BACK):
            self.of(what).put_away()

    def filled(self, steps: Sequence[str]) -> bool:
        state = self.of(FILL).state()
        return all(name in state and state[name].event is Event.DONE for name in steps)

    def opened(self) -> dt.datetime | None:
        """Give when people were let in on the new side; None where they are not."""
        last = self.of(FORTH).state().get(OPEN)
        return dt.datetime.fromisoformat(last.at) if last and last.event is Event.DONE else None

    def opening(self) -> bool:
        """Say whether people may have been let in: it was at least begun."""
        last = self.of(FORTH).state().get(OPEN)
        return last is not None and last.event in ASKED

    def returning(self) -> bool:
        """Say whether people are being led back with what they wrote on the new side."""
        return bool(self.of(BACK).state())

    def undoing(self) -> bool:
        """Say whether a switch was being taken back when its process ended."""
        entries = self.of(FORTH).entries()
        return bool(entries) and entries[-1].event in {Event.UNDOING, Event.UNDONE}

    def refuse_older(self, endpoint: Endpoint) -> None:
        """Refuse where people are on the new side and these journals do not know of it.

        They are a copy from before: whoever believed them would lead people away from what they
        wrote since.

        Raises:
            ProblemError: It is so.
        """
        last = self.of(FORTH).state().get(OPEN)
        known = self.opening() or (last is not None and last.event is Event.UNDOING)
        if not known and led_over(endpoint):
            raise ProblemError(Problem("move-journals-old", self.name, {}))

    def _settle(self) -> None:
        """Put away what a process left that was killed after the last step of the way back."""
        last = self.of(BACK).state().get(OPEN_OLD)
        if last is not None and last.event is Event.DONE:
            self.put_away()
