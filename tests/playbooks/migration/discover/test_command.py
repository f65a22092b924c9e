"""`sen migrate discover` without hosts: imports, bad input, hosts that do not answer."""

from __future__ import annotations

import json
import subprocess

import pytest

from playbooks.migration.discover.ask import Asking
from playbooks.migration.discover.estate import load
from playbooks.migration.discover.model import State
from playbooks.migration.discover.survey import Survey, Target, keep, kept, place
from stacks.remote import Remote, UnreachableError
from tests.playbooks.migration.discover.answers import NOW, host_of, said, section
from tests.sen.cli.conftest import config_folder, sen

__all__ = ["config_folder", "sen"]


@pytest.fixture(autouse=True)
def state(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_imports_alone_make_an_estate(sen, tmp_path):
    (tmp_path / "m.csv").write_text("name,address\nweb,10.0.0.2\ndb,10.0.0.3\n", "utf-8")
    (tmp_path / "n.csv").write_text("src,dst,dport\n10.0.0.2,10.0.0.3,5432\n", "utf-8")
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "app.txt").write_text(said(section("system", "hostname\tapp")), "utf-8")

    told = sen(
        *("migrate", "discover", "--out", tmp_path / "out", "-o", "json"),
        *("--machines", tmp_path / "m.csv", "--connections", tmp_path / "n.csv"),
        *("--collected", tmp_path / "far"),
    )

    estate = load(tmp_path / "out" / "estate.json")
    assert told.code == 0, told.err
    assert [each["host"] for each in json.loads(told.out)] == ["app", "db", "web"]
    assert [(each.source, each.target) for each in estate.flows] == [("web", "db")]


def test_a_host_that_is_no_more_goes_with_its_flows_and_who_still_calls_it_is_seen(sen, tmp_path):
    (tmp_path / "m.csv").write_text("name,address\nweb,10.0.0.2\ndb,10.0.0.3\n", "utf-8")
    (tmp_path / "n.csv").write_text("src,dst,dport\n10.0.0.2,10.0.0.3,5432\n", "utf-8")
    call = ("migrate", "discover", "--out", tmp_path, "-o", "json")
    sen(*call, "--machines", tmp_path / "m.csv", "--connections", tmp_path / "n.csv")
    keep(tmp_path / "hosts", host_of("db"))

    gone = sen(*call, "--gone", "db")
    rest = load(tmp_path / "estate.json")
    again = sen(*call, "--gone", "db")
    sen(*call, "--connections", tmp_path / "n.csv")

    assert (gone.code, [each.name for each in rest.hosts], rest.flows) == (0, ["web"], ())
    assert kept(tmp_path / "hosts", "db") is None
    assert (again.code, "db: the estate has no host of this name" in again.err) == (2, True)
    assert [each.target for each in load(tmp_path / "estate.json").flows] == ["10.0.0.3"]


def test_nothing_to_look_at_is_bad_input(sen):
    told = sen("migrate", "discover")

    assert told.code == 2
    assert "there is nothing to discover" in told.err


@pytest.mark.parametrize("words", [("--allow", "etc"), ("--allow", "/a b"), ("--deny", "*.key x")])
def test_a_path_that_the_shell_would_read_otherwise_is_refused(sen, tmp_path, words):
    (tmp_path / "inv.ini").write_text("a\n", "utf-8")

    told = sen("migrate", "discover", tmp_path / "inv.ini", *words)

    assert told.code == 2
    assert "cannot be used" in told.err


class Scripted(Remote):
    """A host that prints what the test says, with the mark that it was given."""

    def run(self, words, given=b"", seconds=None):
        if self.user == "late":
            raise UnreachableError("host-too-slow", f"{seconds:.0f} s")
        mark = given.decode().partition("\n")[0].removeprefix("M=").strip("'")
        text = said(section("system", "hostname\tx")) if self.user == "good" else "no shell here"
        text = text.replace("==0123456789abcdef==", mark)
        return subprocess.CompletedProcess(words, 1, text.encode(), b"This account is closed\n")


def survey(tmp_path, records):
    def record(act, about, data):
        records.append((act, about, data["state"]))

    return Survey(tmp_path, Asking(), lambda: NOW, record)


def test_what_is_no_answer_or_comes_too_late_is_told_and_the_others_go_on(tmp_path):
    records = []
    targets = [Target(each, Scripted("10.0.0.1", each)) for each in ("good", "bad", "late")]

    found = {host.name: host for host, _ in survey(tmp_path, records).run(targets)}

    assert found["good"].state is State.COMPLETE
    assert [(e.key, e.values["detail"]) for e in found["bad"].reasons] == [
        ("discover-no-answer", "This account is closed")
    ]
    assert found["late"].reasons[0].key == "host-too-slow"
    assert sorted(records) == [
        ("migration.discover.host", "bad", "unreachable"),
        ("migration.discover.host", "good", "complete"),
        ("migration.discover.host", "late", "unreachable"),
    ]


def test_a_broken_file_of_a_host_counts_as_none(tmp_path):
    keep(tmp_path, host_of("a/../b"))
    path = place(tmp_path, "a/../b")

    assert path.parent == tmp_path
    assert kept(tmp_path, "a/../b")
    path.write_text("{", "utf-8")
    assert kept(tmp_path, "a/../b") is None
