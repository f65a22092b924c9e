"""How much a target's disk takes is asked of its host or its server; who tells nothing is let."""

from __future__ import annotations

import dataclasses
import shutil

import pytest

from playbooks.migration import disk
from playbooks.migration.disk import MIB, by_mariadb, by_postgres, by_ssh, small
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.order.databases import MariadbOrder, mariadb_part
from playbooks.migration.order.ends import FolderEnd
from playbooks.migration.order.model import PostgresOrder
from playbooks.migration.order.place import disk_of
from playbooks.migration.postgres.place import PostgresPlace
from stacks.problem import Language, ProblemError
from stacks.remote import Remote
from tests.databases import mariadb, postgres
from tests.playbooks.migration.files.conftest import programs
from tests.sen.migration.moved import END, order

__all__ = ["programs"]
NEAR = 64 * MIB


@pytest.fixture
def folder(tmp_path, programs):
    """A folder of a host that ssh reaches, with a name that a shell would take apart."""
    made = tmp_path / "dữ liệu; false"
    made.mkdir()
    return FilesPlace(Remote("new-host"), str(made), as_root=False)


def test_a_host_is_asked_by_ssh(folder, tmp_path):
    assert by_ssh(folder) == pytest.approx(shutil.disk_usage(tmp_path).free, abs=NEAR)
    gone = dataclasses.replace(folder, path="/không/có")
    with pytest.raises(ProblemError, match="/không/có"):
        by_ssh(gone)


def test_what_is_missing_is_told_and_what_is_there_already_counts(folder, monkeypatch):
    monkeypatch.setattr(disk, "by_ssh", lambda _: 100 * MIB)
    place = PostgresPlace("10.9.8.11", 5432, "so", "mover")

    assert small(place, folder, 100 * MIB, 0) == []
    assert small(place, folder, 150 * MIB, 50 * MIB) == []
    (problem,) = small(place, folder, 150 * MIB + 1, 20 * MIB)
    assert problem.values == {"needed": 151, "free": 100, "missing": 31}
    for lang in Language:
        assert all(str(each) in problem.text(lang) for each in problem.values.values())


def test_postgresql_tells_its_superuser_and_nobody_else(tmp_path):
    with postgres() as server:
        place = PostgresPlace("127.0.0.1", server.port, "postgres", "postgres", server.secret)
        where = place.value("show data_directory")
        assert by_postgres(place) == pytest.approx(shutil.disk_usage(where).free, abs=NEAR)
        assert not place.value("select count(*) from pg_class where relname = 'sen_free'")

        place.tell("create role mover login password 'x'")
        secret = tmp_path / "x"
        secret.write_text("x")
        other = dataclasses.replace(place, user="mover", password_file=secret)
        assert by_postgres(other) is None
        assert small(other, None, 1 << 60, 0) == []
        (problem,) = small(place, None, 1 << 60, 0)
        assert problem.thing == str(place)


def test_mariadb_tells_where_its_plugin_is_loaded():
    with mariadb() as server:
        place = disk.MariadbPlace("127.0.0.1", server.port, "mysql", "root", server.secret)
        assert by_mariadb(place) is None
        assert small(place, None, 1 << 60, 0) == []
        place.tell("install soname 'disks'")
        where = place.value("select @@datadir")
        assert by_mariadb(place) == pytest.approx(shutil.disk_usage(where).free, abs=NEAR)
        assert small(place, None, 1 << 60, 0)


def test_an_order_names_the_disk_and_one_that_does_not_stays_what_people_agreed_to():
    end = {"host": "new-host", "path": "/var/lib/postgresql"}
    plain = PostgresOrder.model_validate({"name": "so", "source": END, "target": END})
    assert "disk" not in plain.model_dump(mode="json")
    assert "disk" not in str(order().model_dump(mode="json"))
    named = PostgresOrder.model_validate(plain.model_dump(mode="json") | {"disk": end})
    assert named.disk == FolderEnd.model_validate(end)
    found = disk_of(named.disk)
    assert (str(found), found.as_root) == ("new-host:/var/lib/postgresql", False)
    for kind in ("postgres", "mariadb"):
        given = {"name": "so", "source": END, "target": END | {"kind": kind}, "disk": end}
        assert str(mariadb_part(MariadbOrder.model_validate(given)).disk) == str(found)
