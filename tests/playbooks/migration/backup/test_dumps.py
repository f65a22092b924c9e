"""Dumps are restored on real servers; what is old, broken, partial or dangerous is told."""

from __future__ import annotations

import gzip
import os
import subprocess
from pathlib import Path

import pytest

from playbooks.migration.backup import DumpFile, MariadbDump, PostgresDump
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.postgres.place import PostgresPlace
from stacks.problem import ProblemError
from stacks.remote import Remote
from tests.databases import mariadb, postgres
from tests.ssh import ssh_leads_here

NAME = "sen_backup_kho"
TABLES = "create table citizen (id int primary key, name text); create table empty (id int)"


@pytest.fixture(scope="module")
def postgres_place():
    with postgres() as server:
        place = PostgresPlace("127.0.0.1", server.port, "live", "postgres", server.secret)
        place.with_database("postgres").tell("create database live")
        place.tell(*TABLES.split("; "), "insert into citizen values (1, 'Nguyễn Thị Đào')")
        yield place


@pytest.fixture(scope="module")
def mariadb_place():
    with mariadb() as server:
        place = MariadbPlace("127.0.0.1", server.port, "live", "root", server.secret)
        place.with_database("").tell("CREATE DATABASE live")
        place.tell("CREATE TABLE don (so int PRIMARY KEY, ten varchar(60))")
        place.tell("INSERT INTO don VALUES (1, 'Đơn của\nông Bình; USE live;')")
        yield place


@pytest.fixture
def at(tmp_path, monkeypatch):
    ssh_leads_here(tmp_path, monkeypatch)
    return lambda name: DumpFile(FilesPlace(Remote("kho"), str(tmp_path / name), as_root=False))


def of_postgres(at, place, name="live.dump", *more):
    """Dump the database as a nightly job does, and give the store that would restore it."""
    file = at(name)
    content = place.program(["pg_dump", "-Fc", *more])
    write(file, content)
    return PostgresDump(file, place, place, NAME)


def of_mariadb(at, place, name="live.sql", *more):
    file = at(name)
    with place.program("mariadb-dump", *(more or ("live",))) as words:
        write(file, subprocess.run(words, capture_output=True, check=True).stdout)
    return MariadbDump(file, place, place, NAME)


def write(file, content):
    path = Path(file.place.path)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


@pytest.mark.parametrize("name", ["live.dump", "live.dump.gz"])
def test_postgres_dump_is_restored_and_leaves_nothing(at, postgres_place, name):
    store = of_postgres(at, postgres_place, name)

    assert store.restored() == {"tables": 2, "with_rows": 1}

    assert databases(postgres_place) == {"live", "postgres"}


def databases(place):
    rows = place.with_database("postgres").ask("select datname from pg_database")
    return {row[0] for row in rows} - {"template0", "template1"}


@pytest.mark.parametrize("more", [("--schema-only",), ("-T", "empty"), ("-T", "citizen")])
def test_postgres_dump_that_lacks_something_is_told(at, postgres_place, more):
    with pytest.raises(ProblemError, match="lacks 1 tables"):
        of_postgres(at, postgres_place, "live.dump", *more).restored()

    assert databases(postgres_place) == {"live", "postgres"}


def test_broken_postgres_dump_is_told_and_leaves_nothing(at, postgres_place):
    store = of_postgres(at, postgres_place)
    write(store.file, b"PGDMP" + b"\0" * 4000)

    with pytest.raises(ProblemError, match="cannot be restored: pg_restore"):
        store.restored()

    assert databases(postgres_place) == {"live", "postgres"}


def test_dump_as_text_is_not_run(at, postgres_place):
    store = of_postgres(at, postgres_place)
    write(store.file, b"\\connect live\ndrop table citizen;\n")

    with pytest.raises(ProblemError, match="own format"):
        store.restored()

    assert postgres_place.value("select count(*) from citizen") == 1


@pytest.mark.parametrize("name", ["live.sql", "live.sql.gz"])
def test_mariadb_dump_is_restored_past_the_log_and_leaves_nothing(at, mariadb_place, name):
    store = of_mariadb(at, mariadb_place, name)
    before = mariadb_place.value("SELECT @@gtid_current_pos")

    assert store.restored() == {"tables": 1, "with_rows": 1}

    assert mariadb_place.value("SELECT @@gtid_current_pos") == before
    assert (
        mariadb_place.value(
            "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'sen%%'"
        )
        == 0
    )


@pytest.mark.parametrize("more", [("--databases", "live"), ("--all-databases",)])
def test_mariadb_dump_that_names_databases_is_not_run(at, mariadb_place, more):
    store = of_mariadb(at, mariadb_place, "live.sql", *more)
    mariadb_place.tell("INSERT INTO don VALUES (2, 'since')")

    with pytest.raises(ProblemError, match="names databases"):
        store.restored()

    assert mariadb_place.value("SELECT count(*) FROM don") == 2
    mariadb_place.tell("DELETE FROM don WHERE so = 2")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"CREATE TABLE don (so int); INSERT INTO don VALUES (1, 2);", "mariadb said"),
        (b"CREATE TABLE other (so int);", "lacks 1 tables"),
        (b"-- nothing\n", "lacks 1 tables"),
    ],
)
def test_mariadb_dump_that_is_broken_or_lacks_something_is_told(at, mariadb_place, content, said):
    store = of_mariadb(at, mariadb_place)
    write(store.file, content)

    with pytest.raises(ProblemError, match=said):
        store.restored()


def test_packed_dump_that_ends_early_is_told(at, mariadb_place):
    store = of_mariadb(at, mariadb_place, "live.sql.gz")
    path = Path(store.file.place.path)
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(ProblemError, match=r"gzip|lacks"):
        store.restored()


def test_age_of_a_dump_is_that_of_its_file(at):
    file = at("live.dump")
    write(file, b"PGDMP")
    os.utime(file.place.path, (1_700_000_000, 1_700_000_000))

    assert file.taken().timestamp() == 1_700_000_000
    write(file, b"")
    with pytest.raises(ProblemError, match="is empty"):
        file.taken()
    with pytest.raises(ProblemError, match="No such file"):
        at("never.dump").taken()
