"""Asks many hosts at once, keeps each answer as it comes, and goes on where it was stopped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from pydantic import ValidationError

from playbooks.migration.discover import ask
from playbooks.migration.discover.answer import parse
from playbooks.migration.discover.host import host, unreachable
from playbooks.migration.discover.model import Host, State
from stacks.remote import Remote, UnreachableError

Clock = Callable[[], dt.datetime]
Record = Callable[[str, str, Mapping[str, object]], None]
MOST_ANSWER_BYTES = 16 << 20


@dataclass(frozen=True)
class Target:
    """A host to look at; what the inventory says of it goes into the estate."""

    name: str
    remote: Remote
    said: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Survey:
    """A way through hosts.

    Attributes:
        folder: Where each host's file is kept, so that a run goes on.
        fresh_for: A host seen since then is not asked again.
        parallel: So many at once.
    """

    folder: Path
    asking: ask.Asking
    clock: Clock
    record: Record
    fresh_for: dt.timedelta = dt.timedelta(0)
    parallel: int = 8

    def run(self, targets: Sequence[Target]) -> Iterator[tuple[Host, bool]]:
        """Give each host as it is done, and whether it was asked now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        asked: list[Target] = []
        for target in targets:
            kept = self._kept(target)
            if kept:
                yield kept, False
            else:
                asked.append(target)
        with ThreadPoolExecutor(max_workers=self.parallel) as pool:
            for future in as_completed([pool.submit(self._visit, each) for each in asked]):
                yield future.result(), True

    def _kept(self, target: Target) -> Host | None:
        found = kept(self.folder, target.name)
        if found is None or found.state is State.UNREACHABLE or found.seen_at is None:
            return None
        return found if self.clock() - found.seen_at < self.fresh_for else None

    def _visit(self, target: Target) -> Host:
        start = self.clock()
        seen = visit(target, self.asking, self.clock)
        found = seen.model_copy(update=dict(target.said))
        keep(self.folder, found)
        self.record(
            "migration.discover.host",
            target.name,
            {
                "state": found.state.value,
                "reasons": [each.key for each in found.reasons],
                "milliseconds": round((self.clock() - start) / dt.timedelta(milliseconds=1)),
            },
        )
        return found


def visit(target: Target, asking: ask.Asking, clock: Clock) -> Host:
    """Look at one host; whatever goes wrong there is part of the answer."""
    mark, at, remote = ask.new_mark(), clock(), target.remote
    try:
        done = remote.run(ask.words(), ask.script(asking, mark), asking.seconds)
    except UnreachableError as error:
        return unreachable(target.name, remote.address, at, error.key, error.detail)
    text = done.stdout[:MOST_ANSWER_BYTES].decode("utf-8", "replace")
    answer = parse(text, mark)
    if answer is None:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        detail = said[-1][:200] if said else f"exit {done.returncode}"
        return unreachable(target.name, remote.address, at, "discover-no-answer", detail)
    return host(target.name, remote.address, answer, at)


def place(folder: Path, name: str) -> Path:
    return folder / f"{quote(name, safe='')}.json"


def keep(folder: Path, found: Host) -> None:
    """Write a host's file whole, or not at all."""
    path = place(folder, found.name)
    beside = path.with_suffix(".part")
    beside.write_text(found.model_dump_json() + "\n", "utf-8")
    beside.replace(path)


def kept(folder: Path, name: str) -> Host | None:
    """Read a host's file; one that is broken counts as none: the host is asked again."""
    try:
        return Host.model_validate_json(place(folder, name).read_bytes())
    except (OSError, ValidationError):
        return None
