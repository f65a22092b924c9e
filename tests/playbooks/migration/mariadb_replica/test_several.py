"""Databases of one server move together: one flow, one position, no half transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from playbooks.migration.mariadb_replica.inspect import concerns
from playbooks.migration.mariadb_replica.move import MariadbMove
from playbooks.migration.order.rehearse import rehearse
from stacks.problem import ProblemError
from tests.playbooks.migration.clerk import working
from tests.playbooks.migration.mariadb_replica.several import Pair, System, gone, made
from tests.playbooks.migration.mariadb_replica.test_kill import killed
from tests.playbooks.migration.mariadb_replica.test_move import run, write_until


@pytest.fixture
def system(servers) -> Iterator[System]:
    found = made(servers)
    yield found
    gone(found)


def pairs(system: System) -> list[Pair]:
    place = system.source.with_database(system.files)
    return [Pair(place, number) for number in range(2)]


def acknowledged(writers: Sequence[Pair]) -> set[tuple[int, int]]:
    return {(each.number, number) for each in writers for number in each.acknowledged}


def over(moving, system: System, folder: Path, writers: Sequence[Pair]) -> None:
    """Go over and look that everything is there."""
    run(folder, moving, "switch").forward()
    verdict = moving.verify()
    assert verdict.good, [each for each in verdict.facts()["checks"] if each["count"]]
    for each in writers:
        each.place = system.target.with_database(system.files)


def test_two_databases_go_over_and_back_and_over_again_and_no_transaction_is_torn(system, tmp_path):
    moving, halves = system.move(), []
    with working(pairs(system)) as writers:
        write_until(writers, 5)
        run(tmp_path, moving, "fill").forward()
        wanted = len(writers[0].acknowledged) + 15
        while len(writers[0].acknowledged) < wanted:
            halves.append(system.counts(system.target))
        over(moving, system, tmp_path / "1", writers)
        write_until(writers, 5)
        run(tmp_path, moving, "back").forward()
        for each in writers:
            each.place = system.source.with_database(system.files)
        write_until(writers, 5)
        over(moving, system, tmp_path / "2", writers)
        write_until(writers, 5)
    moving.behind.drain()

    assert {one - other for one, other in halves} == {0}
    assert len(set(halves)) > 1
    for place in (system.source, system.target):
        for found in system.ledgers(place):
            assert acknowledged(writers) <= found
            assert found == system.ledgers(place)[0]
    run(tmp_path, moving, "finish").forward()
    for place in (system.source, system.target):
        assert place.several("show all slaves status")[0] == []


def test_what_arrived_is_told_by_database_and_events_of_both_run_on_one_end(system, tmp_path):
    moving = system.move(queries={"xã": "select count(*) from xa"})
    run(tmp_path, moving, "fill").forward()
    run(tmp_path, moving, "switch").forward()

    looked_at = {each.name: each.looked_at for each in moving.verify().checks}

    assert looked_at[f"{system.lists}: rows of xa"] == 500
    assert looked_at[f"{system.files}: rows of ho_so"] == 2000
    assert [looked_at[f"{each}: events"] for each in system.names] == [1, 1]
    events = "select STATUS from information_schema.EVENTS where EVENT_NAME = 'don_dep'"
    assert system.target.ask(events) == [("ENABLED",)] * 2
    assert system.source.ask(events) == [("SLAVESIDE_DISABLED",)] * 2


def test_killed_at_any_moment_both_databases_go_on_together(system, servers, tmp_path):
    moving = system.move()
    with working(pairs(system)) as writers:
        killed(moving, servers[1], tmp_path, 0.45, 1.0)
        for each in writers:
            each.place = system.target.with_database(system.files)
        write_until(writers, 5)

    assert moving.verify().good
    assert all(each.acknowledged for each in writers)
    ledgers = system.ledgers(system.target)
    assert acknowledged(writers) <= ledgers[0]
    assert ledgers[0] == ledgers[1] == ledgers[2]


def test_a_rehearsal_of_two_copies_both_apart_and_leaves_nothing(system, tmp_path):
    moving = system.move()

    first = rehearse("w1/tinh", [moving], lambda *_: None)
    left = system.target.ask("show databases like 'so\\_%'")
    run(tmp_path, moving, "fill").forward()
    again = rehearse("w1/tinh", [moving], lambda *_: None)

    assert min(first, again) > 0
    assert left == []
    assert system.target.ask("show databases like 'sen_try%'") == []
    system.source.tell(f"INSERT INTO {system.files}.ledger VALUES (9, 9)")  # noqa: S608
    moving.forth.drain()
    assert system.counts(system.target) == (1, 1)


def test_what_reaches_into_a_database_that_does_not_come_along_is_named(system):
    alone = replace(system.move(), databases=(system.files,))
    other = system.lists
    system.source.with_database(system.files).tell(
        f"CREATE PROCEDURE xem() SELECT count(*) FROM {other}.xa",  # noqa: S608
        f"CREATE PROCEDURE khong() SELECT '{other}.xa' /* {other}.xa */",
        f"CREATE PROCEDURE bi_danh() SELECT {other}.so FROM ho_so {other}",  # noqa: S608
    )

    def crossing(moving: MariadbMove) -> list[tuple[str, bool]]:
        found = concerns(moving.ends, ours=False)
        said = [each for each in found if each.problem.key == "replica-crosses"]
        assert {each.problem.thing for each in said} <= {f"{moving.ends.sources[0]}"}
        return sorted((str(each.problem.values["name"]), each.blocks) for each in said)

    assert crossing(alone) == [("ghi", True), ("ho_so.xa", True), ("theo_xa", True), ("xem", False)]
    assert crossing(system.move()) == []
    with pytest.raises(ProblemError, match=f"name {other} under `databases`"):
        alone.check()
    system.target.tell(
        f"CREATE DATABASE {other}",
        f"CREATE TABLE {other}.xa (ma int PRIMARY KEY)",
        f"CREATE TABLE {other}.ledger (writer int)",
    )
    assert crossing(alone) == []


def test_a_database_that_is_not_there_is_named_with_those_that_are(system):
    moving = replace(system.move(), databases=(system.files.upper(), system.lists))

    with pytest.raises(ProblemError) as caught:
        moving.check()

    (problem,) = caught.value.problems
    assert (problem.key, problem.values["name"]) == ("replica-no-database", system.files.upper())
    assert system.files in problem.values["names"]
