"""Tell how a build goes: a bar per family on a terminal, a line per start and end in a pipe."""

import time
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)


class Reporter(Protocol):
    """What a build tells while it runs; called from several threads."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def started(self, title: str, what: str) -> None: ...

    def doing(self, title: str, what: str) -> None: ...

    def counted(self, title: str, total: int) -> None: ...

    def stepped(self, title: str) -> None: ...

    def ended(self, title: str, how: str) -> None: ...


class Lines:
    """One plain line for each start and end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._since: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def started(self, title: str, what: str) -> None:
        self._since.setdefault(title, time.monotonic())
        self._say(f"{title}: {what}")

    def doing(self, title: str, what: str) -> None:
        """Say nothing: a pipe gets starts and ends only."""

    def counted(self, title: str, total: int) -> None:
        """Say nothing."""

    def stepped(self, title: str) -> None:
        """Say nothing."""

    def ended(self, title: str, how: str) -> None:
        seconds = time.monotonic() - self._since.get(title, time.monotonic())
        self._say(f"{title}: {how} ({duration(seconds)})")

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


class Bars:
    """A bar with its elapsed time for each family; it counts compiled packages."""

    def __init__(self, console: Console) -> None:
        self._tasks: dict[str, TaskID] = {}
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[doing]}", markup=False),
            TimeElapsedColumn(),
            console=console,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def started(self, title: str, what: str) -> None:
        if title not in self._tasks:
            self._tasks[title] = self._progress.add_task(title, total=None, doing=what)
        self.doing(title, what)

    def doing(self, title: str, what: str) -> None:
        self._progress.update(self._tasks[title], doing=what)

    def counted(self, title: str, total: int) -> None:
        self._progress.update(self._tasks[title], total=total, completed=0)

    def stepped(self, title: str) -> None:
        self._progress.advance(self._tasks[title])

    def ended(self, title: str, how: str) -> None:
        if title not in self._tasks:
            self.started(title, how)
        task = self._tasks[title]
        total = self._progress.tasks[task].total or 1
        self._progress.update(task, total=total, completed=total, doing=how)
        self._progress.stop_task(task)


def reporter(console: Console) -> Reporter:
    return Bars(console) if console.is_terminal else Lines(console)


def duration(seconds: float) -> str:
    """Write `4 min 33 s`, or `0.4 s` where it is short."""
    if seconds < 10:  # noqa: PLR2004 - below, tenths still say something
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
