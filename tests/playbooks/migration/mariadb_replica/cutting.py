"""Cuts a first copy where a test wants it, and looks at what is there in the end."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from playbooks.migration.mariadb_replica import firstcopy
from playbooks.migration.mariadb_replica.flow import Flow
from playbooks.migration.mariadb_replica.gtids import parts as parts_of
from playbooks.migration.mariadb_replica.notes import Notes
from playbooks.migration.mariadb_replica.replay import _followed as followed
from playbooks.migration.steps import Pulse
from tests.playbooks.migration.mariadb_replica.parts import Changer, Parts
from tests.playbooks.migration.mariadb_replica.test_moments import PowerCutError
from tests.playbooks.migration.mariadb_replica.test_move import run


def cut_at(parts: Parts, folder: Path, table: str) -> None:
    """Fill, and end as this table's rows have passed, with those before it whole."""
    ended, before = firstcopy._Hearing.ended, [""]

    def cut(hearing: Any, name: tuple[str, str]) -> bytes:
        if name == parts.table(table):
            while before[0] and parts.table(before[0]) not in whole(parts):
                pass
            raise PowerCutError
        before[0] = name[1]
        return ended(hearing, name)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(firstcopy._Hearing, "ended", cut)
        with pytest.raises(PowerCutError):
            run(folder, parts.move, "fill").forward()


def half(flow: Flow, pulse: Pulse) -> None:
    """Follow half the way, and end."""
    here, there = (int(each[0].split("-")[2]) for each in (flow.applied(), parts_of(flow.until)))
    followed(dataclasses.replace(flow, until=f"0-1-{(here + there) // 2}"), pulse)
    raise PowerCutError


def whole(parts: Parts) -> frozenset[tuple[str, str]]:
    """Give the tables that are whole."""
    noted = Notes(parts.move.marks).read()
    return noted.tables if noted else frozenset()


def filled(parts: Parts, folder: Path) -> dict[str, Any]:
    """Fill, and give what the journal says of the copy."""
    return dict(run(folder, parts.move, "fill").forward().facts["copy"])


def switched(parts: Parts, folder: Path, writers: Sequence[Changer]) -> None:
    """Switch, and look that nothing is lost."""
    for each in writers:
        each.over.set()
    run(folder, parts.move, "switch").forward()
    verdict = parts.move.verify()
    assert verdict.good, [each for each in verdict.facts()["checks"] if each["count"]]
    there = set(parts.target.ask(f"SELECT * FROM {parts.second}.ledger"))  # noqa: S608
    assert {(each.number, n) for each in writers for n in each.acknowledged} <= there
