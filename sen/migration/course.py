"""From the journals of a system to its phases: each time that a step was done, failed, undone."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from playbooks.migration.steps import Entry, Event, Journal
from sen.migration.account import Doing, Phase, Result

PHASES = ("fill", "cut over", "roll back", "finish")
# In which steps people are shut out, and let in again.
WAITED = {"cut over": ("close", "open"), "roll back": ("close new", "open old")}
_ENDS = {Event.DONE: Result.DONE, Event.FAILED: Result.FAILED, Event.UNDONE: Result.UNDONE}
Expected = Mapping[tuple[str, str], int]


def journals(folder: Path, name: str) -> Iterator[Journal]:
    """Give a phase's journals, those that were put away first."""
    stem = name.replace(" ", "-")
    away = sorted(folder.glob(f"{stem}.*.jsonl"), key=lambda path: int(path.name.split(".")[1]))
    yield from map(Journal, [*away, folder / f"{stem}.jsonl"])


def phases(folder: Path, expected: Expected) -> tuple[Phase, ...]:
    """Give all phases of a system in the order of time; each attempt of a switch is its own.

    Raises:
        ProblemError: A line of a journal is no entry.
    """
    found = [
        _phase(name, attempt, expected)
        for name in PHASES
        for journal in journals(folder, name)
        for attempt in attempts(journal.entries())
    ]
    return tuple(sorted(found, key=lambda phase: phase.begun))


def attempts(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Part entries where something is begun after all was taken back."""
    current: list[Entry] = []
    for entry in entries:
        if current and current[-1].event is Event.UNDONE and entry.event not in _TAKING_BACK:
            yield current
            current = []
        current.append(entry)
    if current:
        yield current


_TAKING_BACK = frozenset({Event.UNDOING, Event.UNDONE})


def _phase(name: str, entries: Sequence[Entry], expected: Expected) -> Phase:
    found = [_doing(name, *pair, expected) for pair in _pairs(entries)]
    begun, ended = moment(entries[0].at), moment(entries[-1].at)
    return Phase(name, begun, ended, tuple(found), _waited(name, entries))


def _pairs(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Entry | None]]:
    """Give where each doing began and ended; None where a process ended before it."""
    for entry, after in itertools.zip_longest(entries, entries[1:]):
        if entry.event is Event.CLOSED:
            yield entry, entry
        elif entry.event in {Event.BEGUN, Event.UNDOING}:
            ended = after is not None and after.step == entry.step and after.event in _ENDS
            yield entry, after if ended else None


def _doing(name: str, begun: Entry, ended: Entry | None, expected: Expected) -> Doing:
    result = Result.INTERRUPTED
    if ended is not None:
        result = Result.CLOSED if ended is begun else _ENDS[ended.event]
    data = dict(ended.data) if ended else {}
    took = data.pop("milliseconds", None)
    if took is None and result in {Result.FAILED, Result.UNDONE} and ended:
        took = _ms(begun, ended)
    hoped = expected.get((name, begun.step)) if begun.event is Event.BEGUN else None
    ms = took if isinstance(took, int) else None
    return Doing(begun.step, result, moment(begun.at), ms, hoped, data)


def _waited(name: str, entries: Sequence[Entry]) -> int | None:
    """Give how long people were shut out; None where they were not, or still are."""
    shut, let_in = WAITED.get(name, ("", ""))
    begun = [each for each in entries if each.step == shut and each.event is Event.BEGUN]
    ends = [
        each
        for each in entries
        if (each.step, each.event) in {(let_in, Event.DONE), (shut, Event.UNDONE)}
    ]
    return _ms(begun[0], ends[-1]) if begun and ends else None


def _ms(begun: Entry, ended: Entry) -> int:
    return round((moment(ended.at) - moment(begun.at)).total_seconds() * 1000)


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
