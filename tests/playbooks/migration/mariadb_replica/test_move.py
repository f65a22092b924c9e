"""A MariaDB database follows to another server and back, and nothing that was written is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from playbooks.migration.mariadb_replica.move import MariadbMove
from playbooks.migration.steps import Journal, Run
from stacks.problem import ProblemError
from tests.playbooks.migration.clerk import working
from tests.playbooks.migration.mariadb_replica.conftest import Ends, Writer, clerks


def run(folder: Path, moving: MariadbMove, series: str) -> Run:
    journal = Journal(folder / f"{series}.jsonl")
    return Run(series, getattr(moving, series)(), journal, lambda *_: None)


def move(ends: Ends, **more: object) -> MariadbMove:
    return MariadbMove(ends[0].database, *ends, **more)


def write_until(writers: list[Writer], more: int) -> None:
    wanted = [len(each.acknowledged) + more for each in writers]
    while not all(len(w.acknowledged) >= n for w, n in zip(writers, wanted, strict=True)):
        writers[0].over.wait(0.02)


def lost(writers: list[Writer], place) -> set[tuple[int, int]]:
    there = set(place.ask("select writer, number from ledger"))
    return {(each.number, n) for each in writers for n in each.acknowledged} - there


def test_everything_of_a_database_arrives_byte_for_byte(ends, tmp_path):
    old, new = ends
    moving = move(ends, queries={"letters": "select count(*) from don"})

    run(tmp_path, moving, "fill").forward()
    run(tmp_path, moving, "switch").forward()
    verdict = moving.verify()

    assert verdict.good, [each for each in verdict.facts()["checks"] if each["count"]]
    looked_at = {each.name: each.looked_at for each in verdict.checks}
    assert looked_at["rows of nguoi_dan"] == 2999
    assert [name for name, count in looked_at.items() if not count] == ["rows of ledger"]
    raw = "select hex(ho_ten), hex(dia_chi), hex(loai) from nguoi_dan where id = 7"
    assert new.ask(raw) == old.ask(raw)
    assert new.value("select length(dia_chi) from nguoi_dan where id = 7") == 256
    counter = "select AUTO_INCREMENT from information_schema.TABLES where TABLE_NAME = 'nguoi_dan'"
    assert new.value(counter + " and TABLE_SCHEMA = database()") == 3001
    assert new.value("select nextval(so_don)") > 100


@pytest.mark.parametrize("servers_are", ["ends", "ring"])
def test_forth_and_back_and_forth_again_under_writers_without_a_lost_row(
    servers_are, request, tmp_path
):
    places = request.getfixturevalue(servers_are)
    moving = move(places)
    with working(clerks(places[0])) as writers:
        there_and_back(moving, writers, tmp_path)

    assert all(lost(writers, each) == set() for each in places)
    run(tmp_path, moving, "finish").forward()
    for place in places:
        server = place.with_database("")
        assert server.several("show all slaves status")[0] == []
        mine = f"{moving.word}%"
        assert server.ask("select User from mysql.user where User like %s", mine) == []
    assert places[1].ask("show databases like 'sen_migration'") == []
    with pytest.raises(ProblemError, match="1290"):
        clerk(places[0]).tell("insert into ledger values (9, 9)")


def there_and_back(moving: MariadbMove, writers: list[Writer], folder: Path) -> None:
    """Go over, back, and over again; those who write follow each time."""
    old, new = moving.source, moving.target
    for number, (series, side) in enumerate(
        [("fill", None), ("switch", new), ("back", old), ("switch", new)]
    ):
        write_until(writers, 8)
        run(folder / str(number), moving, series).forward()
        if series == "switch":
            verdict = moving.verify()
            assert verdict.good, verdict.facts()
        for each in writers:
            each.place = side or each.place
    write_until(writers, 8)
    for each in writers:
        each.over.set()
    assert moving.behind.drain()


def clerk(place):
    """Give the place as one who may not write while it is read-only."""
    secret = place.password_file.with_name("clerk")
    secret.write_text("clerk", "utf-8")
    return type(place)(place.host, place.port, place.database, "clerk", secret)
