"""Which hosts are one system: what people wrote, what the inventory says, what hosts share."""

from __future__ import annotations

import pytest

from playbooks.migration.assess import grouping
from playbooks.migration.assess.grouping import Group
from playbooks.migration.discover.model import Listener
from stacks.problem import ProblemError
from tests.playbooks.migration.assess.test_assessment import estate, flow, machine


def members(found):
    return sorted(each.hosts for each in found.values())


def test_who_reads_anothers_data_is_one_system_with_it():
    whole = estate(*map(machine, ("app", "db", "mail")), flows=[flow("app", "db")])

    assert members(grouping.groups(whole, {})) == [("app", "db"), ("mail",)]


def test_a_database_that_many_share_belongs_to_none_of_them():
    clients = [machine(each) for each in ("a", "b", "c", "d")]
    whole = estate(*clients, machine("db"), flows=[flow(each.name, "db") for each in clients])

    assert len(grouping.groups(whole, {})) == 5


def test_twins_that_listen_alike_and_named_systems_are_one():
    web = [Listener(protocol="tcp", address="*", port=80)]
    hosts = [machine(f"web0{at}", listeners=web) for at in (1, 2)]
    named = [machine(each, system_name="one-stop") for each in ("x", "y")]

    assert members(grouping.groups(estate(*hosts, *named), {})) == [("web01", "web02"), ("x", "y")]


def test_a_name_that_begins_with_its_agency_does_not_say_it_twice():
    whole = estate(machine("H26-web"), machine("h26x"))

    assert [*grouping.groups(whole, {})] == ["h26-web", "h26-h26x"]


def test_what_people_wrote_stays_and_new_hosts_come_after(tmp_path):
    path = tmp_path / "grouping.yaml"
    known = {"old": Group(hosts=("app", "gone"), name="Cổng", owner="An")}
    whole = estate(machine("app"), machine("db"), flows=[flow("app", "db")])

    grouping.write(grouping.groups(whole, known), path)
    found = grouping.load(path)

    assert list(found) == ["old", "h26-db"]
    assert (found["old"].hosts, found["old"].owner) == (("app",), "An")
    assert path.read_text("utf-8").startswith("# Which hosts are one system.")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("a: {hosts: [x]}\nb: {hosts: [x]}\n", "grouping-host-twice"),
        ("- a\n", "grouping-broken"),
        ("a: {host: x}\n", "grouping-broken"),
    ],
)
def test_a_broken_grouping_is_refused(tmp_path, text, key):
    (tmp_path / "g.yaml").write_text(text, "utf-8")

    with pytest.raises(ProblemError) as caught:
        grouping.load(tmp_path / "g.yaml")
    assert caught.value.problems[0].key == key
