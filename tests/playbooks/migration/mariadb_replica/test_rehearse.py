"""A rehearsal copies, tries the way to follow, compares, and leaves nothing behind."""

from __future__ import annotations

from playbooks.migration.order.rehearse import rehearse
from tests.playbooks.migration.mariadb_replica.test_move import move, run


def test_it_is_timed_and_nothing_of_it_is_left(ends, tmp_path):
    old, new = ends
    moving, said = move(ends), []
    server = new.with_database("")
    before = server.ask("select @@global.gtid_slave_pos")

    first = rehearse("w1/so", [moving], lambda *all_: said.append(all_))
    names = {data["step"] for _, _, data in said}
    left = (
        server.ask("show databases like 'sen_try%'"),
        server.several("show all slaves status")[0],
        old.ask("select User from mysql.user where User like %s", f"{moving.word}%"),
        server.ask("show databases like 'sen_migration'"),
    )
    run(tmp_path, moving, "fill").forward()
    again = rehearse("w1/so", [moving], lambda *_: None)

    assert first > 0
    assert again > 0
    assert names == {"check", "copy", "turn round", "drain", "verify"}
    assert left == ([], [], [], [])
    assert server.ask("select @@global.gtid_slave_pos") != before
    assert moving.forth.flowing()
