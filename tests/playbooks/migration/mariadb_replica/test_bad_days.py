"""What real servers bring along: each is named before anything is touched, or mended."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from playbooks.migration.mariadb_replica import inspect
from playbooks.migration.mariadb_replica.ends import Ends
from playbooks.migration.mariadb_replica.inspect import concerns, look
from playbooks.migration.steps import Pulse
from stacks.problem import ProblemError
from tests.playbooks.migration.mariadb_replica.test_move import move, run

PULSE = Pulse(lambda _: None)


def blocking(ends, **more: object) -> list[str]:
    found = concerns(Ends(*ends), **{"ours": False, **more})
    return sorted(each.problem.key for each in found if each.blocks)


def notes(ends) -> list[str]:
    return sorted(each.problem.key for each in concerns(Ends(*ends), ours=False) if not each.blocks)


SERVERS = [
    (1, {"version": "10.6.18-MariaDB"}, {}, "replica-older"),
    (0, {"version": "8.0.39"}, None, "replica-not-mariadb"),
    (1, {"id": 1}, {}, "replica-same-id"),
    (1, {"lower_names": 1}, {}, "replica-setting"),
    (0, {"log_bin": 0}, {}, "replica-no-log"),
    (0, {}, {"format": "MIXED"}, "replica-setting"),
    (1, {}, {"triggers": "YES"}, "replica-setting"),
    (1, {}, {"updates": 1}, "replica-same-domain"),
    (0, {}, {"strict": 1}, "replica-same-domain"),
]


def test_servers_that_cannot_follow_each_other_are_told(ends, monkeypatch):
    assert blocking(ends) == []
    for side, base, gtid, key in SERVERS:
        said = [look(each) for each in ends]
        known = {} if gtid is None else {**said[side].gtid, **gtid}
        said[side] = replace(said[side], base={**said[side].base, **base}, gtid=known)
        with monkeypatch.context() as patched:
            patched.setattr(inspect, "look", lambda place, said=said: said[ends.index(place)])

            assert blocking(ends) == [key]


def test_what_a_server_says_of_itself_is_read():
    said = inspect.Server(None, {"version": "5.5.68-MariaDB-1~wheezy"}, {})

    assert said.version == (5, 5, 68)


def test_tables_that_cannot_be_followed_are_told(ends, tmp_path):
    old, new = ends
    old.tell(
        "CREATE TABLE cu (id int primary key) ENGINE=MyISAM",
        "CREATE TABLE le (so float) ENGINE=InnoDB",
        "CREATE TABLE su (id int primary key) WITH SYSTEM VERSIONING",
    )
    assert blocking(ends) == ["replica-engine", "replica-float", "replica-versioned"]
    assert blocking(ends, lock=True) == ["replica-float", "replica-versioned"]
    assert "replica-no-key" in notes(ends)
    old.tell("DROP TABLE le", "DROP TABLE su")
    new.with_database("").tell(f"CREATE DATABASE {new.database}")
    new.tell("CREATE TABLE of_others (id int)")

    assert blocking(ends, lock=True, room=10) == ["database-not-empty", "database-too-small"]
    with pytest.raises(ProblemError) as caught:
        run(tmp_path, move(ends), "fill").forward()

    assert {each.key for each in caught.value.problems} == {"replica-engine", "database-not-empty"}
    assert new.value("select count(*) from of_others") == 0


def test_a_mover_without_rights_and_a_replica_of_others_are_told(ends):
    old, new = ends
    server = new.with_database("")
    server.tell("CHANGE MASTER 'other' TO MASTER_HOST='127.0.0.1', MASTER_USE_GTID=slave_pos")
    secret = old.password_file.with_name("mover")
    secret.write_text("x", "ascii")
    old.with_database("").tell(
        "CREATE OR REPLACE USER mover@'%' IDENTIFIED BY 'x'",
        "GRANT SELECT, RELOAD, PROCESS, REPLICATION SLAVE ADMIN ON *.* TO mover@'%'",
    )
    weak = replace(old, user="mover", password_file=secret)

    (lacking,) = (each.problem for each in concerns(Ends(weak, new), ours=False))

    assert lacking.key == "replica-not-privileged"
    assert "READ ONLY ADMIN" in lacking.text()
    assert blocking(ends) == ["replica-of-others"]


def test_a_locked_copy_takes_tables_without_transactions_and_follows_them(ends, tmp_path):
    old, new = ends
    old.tell("CREATE TABLE cu (id int primary key) ENGINE=MyISAM", "INSERT INTO cu VALUES (1)")
    moving = move(ends, lock=True)

    run(tmp_path, moving, "fill").forward()
    old.tell("INSERT INTO cu VALUES (2)")
    moving.forth.drain(PULSE)

    assert new.ask("select id from cu order by id") == [(1,), (2,)]


def test_a_switch_that_is_taken_back_brings_what_jobs_wrote_and_events_run_on_one_end(
    ends, tmp_path
):
    old, new = ends
    moving = move(ends)
    states = "select STATUS from information_schema.EVENTS where EVENT_SCHEMA = database()"
    run(tmp_path, moving, "fill").forward()
    assert new.ask(states) == [("SLAVESIDE_DISABLED",)] * 2
    switching = run(tmp_path, moving, "switch")
    switching.forward()
    assert new.ask(states) == [("ENABLED",), ("SLAVESIDE_DISABLED",)]
    assert old.ask(states) == [("SLAVESIDE_DISABLED",), ("DISABLED",)]
    new.tell("INSERT INTO nhat_ky VALUES ('viec moi', NULL)")

    switching.back()

    assert old.value("select count(*) from nhat_ky where viec = 'viec moi'") == 1
    assert old.ask(states) == [("ENABLED",), ("DISABLED",)]
    assert moving.lag() == 0
    old.tell("INSERT INTO nhat_ky VALUES ('lại ở nơi cũ', NULL)")
    moving.forth.drain()
    assert new.value("select count(*) from nhat_ky") == 5


def test_what_differs_is_named_and_a_refused_change_is_told(ends, tmp_path):
    old, new = ends
    moving = move(ends)
    run(tmp_path, moving, "fill").forward()
    new.tell(
        "DELETE FROM don WHERE so = 'D00003'",
        "UPDATE nguoi_dan SET ho_ten = X'FF' WHERE id = 9",
        "INSERT INTO nhat_ky VALUES ('thêm', NULL)",
        "DROP TRIGGER ghi",
        f"REVOKE UPDATE ON `{new.database}`.* FROM clerk@'%'".replace("so_", "so\\_"),
    )

    found = {(e.where, e.what) for check in moving.verify().checks for e in check.differences}

    assert {("don (D00003, 3)", "missing"), ("nguoi_dan (9)", "changed")} <= found
    assert ("ghi", "missing") in found
    assert any(where.startswith("nhat_ky (md5") and what == "extra" for where, what in found)
    assert any("clerk" in where and "UPDATE" in where for where, _ in found)
    old.tell("DELETE FROM don WHERE so = 'D00003'")
    with pytest.raises(ProblemError) as caught:
        moving.forth.drain()
    assert [(e.key, e.values["code"]) for e in caught.value.problems] == [("follow-refused", 1032)]


def test_nothing_of_other_databases_and_no_account_flows_along_also_after_a_restart(
    ends, servers, tmp_path
):
    old, new = ends
    moving, server = move(ends), new.with_database("")
    run(tmp_path, moving, "fill").forward()

    def meddle(number: int) -> None:
        old.with_database("").tell(
            f"CREATE OR REPLACE USER meddler@'%' IDENTIFIED BY '{number}'",
            f"CREATE DATABASE other_{number}",
            f"CREATE TABLE other_{number}.t (id int)",
            f"INSERT INTO other_{number}.t VALUES (1)",  # noqa: S608
            f"DROP DATABASE other_{number}",
        )
        old.tell(f"INSERT INTO ledger VALUES (7, {number})")  # noqa: S608

    meddle(1)
    moving.forth.drain()
    servers[1].stop(signal.SIGKILL)
    servers[1].start()
    meddle(2)

    assert moving.lag() is None
    assert moving.transactions() is None
    run(tmp_path, moving, "fill").forward()
    assert new.ask("select number from ledger where writer = 7") == [(1,), (2,)]
    assert server.ask("select User from mysql.user where User = 'meddler'") == []
    assert moving.forth.status()["Last_SQL_Errno"] == 0
    assert moving.forth.transactions() == 0
