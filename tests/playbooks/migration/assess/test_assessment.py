"""Systems: their size, price, level, questions, and the graph for waves."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from playbooks.migration.assess import grouping, question, size
from playbooks.migration.assess.assessment import assessed
from playbooks.migration.assess.graph import graph, is_strong
from playbooks.migration.assess.growth import growth
from playbooks.migration.assess.rule import Strategy
from playbooks.migration.discover.estate import Estate, Flow
from playbooks.migration.discover.model import (
    Activity,
    Database,
    Disk,
    Host,
    Load,
    Package,
    Site,
    State,
    System,
)
from playbooks.migration.waves.reading import portfolio_from
from stacks.models.level import propose
from stacks.models.quota import Size
from stacks.problem import ProblemError

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
DAY = NOW.date()
GIB = 1 << 20
PUBLIC = {
    "fact.internal": "no",
    "fact.public_service": "yes",
    "fact.private_information": "yes",
    "fact.personal_data": "200000",
}


def machine(name, *, cpu=0.1, samples=40, **more):
    loads = tuple(
        Load(at=NOW + dt.timedelta(minutes=at), cpu_share=cpu, memory_kib=2 * GIB)
        for at in range(samples)
    )
    return Host(
        name=name,
        agency="H26",
        system=System(id="debian", version="12", cpus=8, memory_kib=32 * GIB),
        loads=loads,
        **more,
    )


def flow(source, target, port=5432, **more):
    return Flow(source=source, target=target, port=port, confidence=0.9, count=3, **more)


def estate(*hosts, flows=()):
    return Estate(made=NOW, hosts=hosts, flows=flows)


def judged(whole, answers=None):
    groups = grouping.groups(whole, {})
    answered = {name: answers or {} for name in groups}
    return assessed(whole, groups, answered, DAY)


def test_the_size_is_what_95_of_100_samples_need_with_room():
    assert size.p95([*range(1, 101)]) == 95
    assert size.p95([]) == 0

    busy = size.target([machine("a", cpu=0.5)], data_gib=100)

    assert (busy.quota.cpu, busy.quota.memory_gib, busy.quota.storage_gib) == (6, 3, 150)
    assert (busy.size, busy.measured) == (Size.M, True)


@pytest.mark.parametrize(
    ("days", "monthly", "storage"),
    [(6, None, 150), (30, 3.0, 150), (15, 6.0, 172), (30.0, -3.0, 150)],
)
def test_disks_that_grow_get_room_for_a_year(days, monthly, storage):
    per_day = (monthly or 5.0) / 30
    loads = tuple(
        Load(at=NOW + dt.timedelta(days=at), cpu_share=0, memory_kib=1, disk_kib=int(used * GIB))
        for at, used in ((0, 90), (days, 90 + days * per_day))
    )
    grows = growth([Host(name="a", loads=loads), Host(name="silent")])

    assert grows == (None if monthly is None else pytest.approx(max(monthly, 0), abs=0.1))
    assert size.target([], 100, grows or 0).quota.storage_gib == storage


def test_without_enough_samples_the_machines_own_size_is_taken():
    found = size.target([machine("a", samples=3)], data_gib=1)

    assert (found.quota.cpu, found.quota.memory_gib, found.measured) == (8, 32, False)


def test_what_no_size_holds_is_the_largest():
    assert size.fitting(999, 1, 1) is Size.XL


def test_the_cost_today_is_estimated_by_a_dated_table_unless_it_is_given():
    host = machine("a", disks=[Disk(name="sda", gib=100)])

    guessed = judged(estate(host)).systems[0].cost
    given = judged(estate(host), {"today_vnd": "7000000"}).systems[0].cost

    assert guessed.today_vnd == 2_500_000 + 1_500_000 + 8 * 150_000 + 32 * 25_000 + 100 * 3_000
    assert (guessed.today_estimated, guessed.estimate_from) == (True, dt.date(2025, 1, 1))
    assert (given.today_vnd, given.today_estimated, given.estimate_from) == (7_000_000, False, None)


def test_a_level_follows_from_answers_and_is_else_a_question():
    silent = judged(estate(machine("a"))).systems[0]
    told = judged(estate(machine("a")), PUBLIC).systems[0]

    assert (silent.level, silent.data_class, silent.cost.level_known) == (None, "unknown", False)
    assert {"fact.internal", "fact.public_service"} <= set(silent.open_questions)
    assert told.level == propose(question.facts_of(PUBLIC)).level
    assert (told.data_class, told.cost.level_known) == ("personal", True)
    assert "fact.internal" not in told.open_questions
    assert told.cost.platform_vnd > 0


def test_a_level_that_the_inventory_states_holds_until_there_are_answers():
    assert judged(estate(machine("a", level=2))).systems[0].level == 2


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"fact.state_secrets": "harm"}, "secret"),
        ({"fact.sensitive_data": "5"}, "sensitive"),
        ({"fact.personal_data": "0"}, "internal"),
        ({"fact.personal_data": "0", "fact.private_information": "no"}, "public"),
    ],
)
def test_data_are_classified_by_the_answers(more, wanted):
    assert question.data_class(question.facts_of({**PUBLIC, **more})) == wanted


def test_answers_that_contradict_are_refused():
    with pytest.raises(ProblemError, match="internal"):
        question.facts_of({**PUBLIC, "fact.internal": "yes"})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("- a\n", "answers-broken"),
        ("b: {owner: An}\n", "answers-unknown-system"),
        ("a: {colour: red}\n", "answers-unknown-question"),
        ("a: {still_needed: perhaps}\n", "answers-not-fitting"),
        ("a: {today_vnd: much}\n", "answers-not-fitting"),
    ],
)
def test_broken_answers_are_refused(tmp_path, text, key):
    (tmp_path / "q.yaml").write_text(text, "utf-8")

    with pytest.raises(ProblemError) as caught:
        question.load(tmp_path / "q.yaml", ["a"])
    assert caught.value.problems[0].key == key


def test_answers_are_read_and_empty_ones_are_none(tmp_path):
    (tmp_path / "q.yaml").write_text("a:\n  still_needed: no\n  owner:\n  today_vnd: 5\n", "utf-8")

    assert question.load(tmp_path / "q.yaml", ["a"]) == {
        "a": {"still_needed": "no", "today_vnd": "5"}
    }


def test_licences_character_sets_and_silence_are_counted():
    host = machine(
        "a",
        state=State.PARTIAL,
        packages=[Package(name="oracle-xe", version="11")],
        databases=[Database(engine="mariadb", name="x", charset="latin1", size_kib=2 * GIB)],
        activity=[Activity(path="/srv", size_kib=GIB, files=100, last_30_days=0, last_365_days=1)],
    )

    facts = judged(estate(host)).systems[0].facts

    assert (facts.licences, facts.old_charset, facts.partial_hosts) == (("oracle",), True, 1)
    assert (facts.data_gib, facts.database_gib, facts.changed_percent) == (3.0, 2.0, 1)


def test_a_system_that_nobody_uses_is_retired_at_one_day_of_work():
    found = judged(estate(machine("alone"))).systems[0]

    assert (found.strategy, found.effort_days, found.moves) == (Strategy.RETIRE, 1, False)
    assert found.margin > 0


@pytest.mark.parametrize(
    ("more", "strong"),
    [
        ({"count": 36}, True),
        ({"count": 20}, False),
        ({"count": 36, "ways": ("netflow",)}, False),
        ({"count": 36, "port": 22}, False),
        ({"count": 3, "port": 389}, True),
        ({"count": 0, "ways": ("share",)}, True),
    ],
)
def test_who_never_stops_asking_depends_strongly(more, strong):
    given = {"port": 8080, "ways": ("client",), "confidence": 0.9, **more}

    assert is_strong(Flow(source="a", target="b", **given), {"a": 40, "b": 10}) is strong


def test_few_samples_tell_nothing_of_delays():
    asked = Flow(source="a", target="b", port=8080, ways=("client", "server"), count=3)

    assert not is_strong(asked, {"a": 3})


def test_the_graph_is_read_by_the_planner_and_keeps_what_people_added():
    hosts = [machine("app", system_name="one"), machine("db", system_name="two")]
    hosts.append(machine("uat-web", sites=[Site(server="apache", names=("a.vn",))]))
    flows = [
        flow("app", "db", first=NOW, last=NOW + dt.timedelta(days=3)),
        flow("app", "uat-web", 80),
    ]
    whole = estate(*hosts, flows=flows)
    window = {"id": "w", "start": "2027-01-09", "end": "2027-01-10"}
    earlier = {
        "windows": [window],
        "systems": [{"id": "h26-one", "before": ["h26-two"], "team": "t"}, "x"],
    }

    found = graph(judged(whole), whole, earlier)
    read = portfolio_from(json.dumps(found), "graph.json")

    assert {(each.source, each.target): each.kind.value for each in read.edges} == {
        ("h26-one", "h26-two"): "strong",
        ("h26-one", "h26-uat-web"): "weak",
    }
    assert read.edges[0].calls_per_day == 1
    assert {each.id: each.stage for each in read.systems}["h26-uat-web"] == "test"
    assert (read.systems[0].before, read.systems[0].team) == (("h26-two",), "t")
    assert len(read.windows) == 1
