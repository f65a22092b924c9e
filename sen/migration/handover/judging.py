"""Which journals of a wave are the newer ones: those of two machines, and what the world says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from playbooks.migration.cutover.endpoint import Endpoint
from playbooks.migration.cutover.journals import Journals
from playbooks.migration.steps import Event
from sen.evidence.record import Record
from sen.migration.account import Phase
from sen.migration.course import PHASES, journals, moment, phases
from stacks.problem import Problem, ProblemError

_ACTS = frozenset(f"migration.{each}" for each in Event)


def refuse_newer_here(here: Path, brought: Path) -> bool:
    """Refuse where the journals of a system here tell more than those that were brought, or else.

    Gives whether those that were brought tell more.

    Raises:
        ProblemError: It is so, or a line is no entry.
    """
    more = False
    for phase in PHASES:
        mine, other = _lines(here, phase), _lines(brought, phase)
        if not other.startswith(mine):
            key = "wave-journals-newer" if mine.startswith(other) else "wave-journals-parted"
            raise ProblemError(Problem(key, f"{here.parent.name}/{here.name}", {"phase": phase}))
        more = more or mine != other
    phases(brought, {})
    return more


def _lines(folder: Path, phase: str) -> bytes:
    """Give all whole lines of a phase, those that were put away first."""
    found = (each.path.read_bytes() for each in journals(folder, phase) if each.path.exists())
    return b"".join(each[: each.rfind(b"\n") + 1] for each in found)


def behind(
    name: str,
    brought: Path,
    records: Sequence[Record],
    thing: Mapping[str, Any] | None,
    endpoint: Endpoint,
) -> Iterator[str]:
    """Give what knows of more than the journals that were brought: chain, wave, endpoint.

    Args:
        name: `<wave>/<system>`.
        brought: Folder of the system's journals.
        records: All of this machine's chain.
        thing: The wave's object, where there is one.
        endpoint: By which people are led.
    """
    course = phases(brought, {})
    if later := _later(name, course, records):
        yield f"evidence: {later[-1].act} {later[-1].data.get('step', '')} {later[-1].at}"
    if said := list(_missed(thing, course)):
        yield f"MigrationWave: {', '.join(said)}"
    try:
        Journals(brought, name).refuse_older(endpoint)
    except ProblemError as error:
        if [each.key for each in error.problems] != ["move-journals-old"]:
            raise
        yield "endpoint: new"


def _later(name: str, course: Sequence[Phase], records: Sequence[Record]) -> list[Record]:
    """Give what the chain tells of this system after the last entry of its journals.

    One record may be: the chain is told first, and a process may be killed between the two.
    """
    ends = [each.ended for each in course]
    found = [
        each
        for each in records
        if each.act in _ACTS
        and each.about.startswith(f"{name}: ")
        and (not ends or _milliseconds(each) > max(ends))
    ]
    return found if len(found) > 1 else []


def _milliseconds(record: Record) -> dt.datetime:
    """Give a record's time as the journal cuts its own, which is written after it."""
    at = moment(record.at)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _missed(thing: Mapping[str, Any] | None, course: Sequence[Phase]) -> Iterator[str]:
    """Give the conditions that hold of the whole wave, and of which the journals know nothing."""
    said = ((thing or {}).get("status") or {}).get("conditions") or ()
    holds = {each["type"] for each in said if each["status"] == "True"}
    known = {
        "CutOver": any(each.name == "cut over" and each.did("open") for each in course),
        "Finished": any(each.name == "finish" for each in course),
    }
    yield from (name for name, knows in known.items() if name in holds and not knows)
