"""A MariaDB database moves by the kind of its target; what is only planned is refused by name."""

from __future__ import annotations

import json

import pytest
import yaml

from playbooks.migration.mariadb.move import MariadbToPostgres
from playbooks.migration.mariadb_replica.move import MariadbMove
from playbooks.migration.order import WaveOrder, read_order
from playbooks.migration.order.databases import MariadbOrder, mariadb_gates
from playbooks.migration.order.journeys import parts
from stacks.problem import ProblemError

OLD = {"host": "10.1.2.13", "database": "dvc", "user": "mover", "seen_from": ["db.old", 3306]}
NEW = {"kind": "mariadb", "host": "10.9.8.13", "database": "dvc", "user": "mover"}
PLAIN = {"host": "10.9.8.13", "database": "dvc", "user": "mover"}
PROGRAM = {"ask": ["side"], "old": ["o"], "closed": ["c"], "new": ["n"]}


def wave(**system: object) -> dict[str, object]:
    return {
        "wave": "w1",
        "start": "2026-12-05T22:00:00+07:00",
        "end": "2026-12-06T04:00:00+07:00",
        "systems": [{"system": "s", "tenant": "h26-s-test", "endpoint": PROGRAM, **system}],
    }


def database(target: dict[str, object], **more: object) -> dict[str, object]:
    return {"name": "dvc", "source": OLD, "target": target, **more}


def test_the_kind_of_the_target_says_how_a_database_moves(tmp_path):
    order = WaveOrder.model_validate(wave(mariadb=[database(NEW, lock=True, most_lag=3)]))
    other = WaveOrder.model_validate(wave(mariadb=[database(PLAIN, zone="Asia/Ho_Chi_Minh")]))

    (moving,), (decoding,) = (parts(each.systems[0], tmp_path) for each in (order, other))

    assert isinstance(moving, MariadbMove)
    assert isinstance(decoding, MariadbToPostgres)
    assert (moving.lock, moving.most_lag) == (True, 3)
    assert moving.source.seen_from == ("db.old", 3306)
    assert decoding.options.zone == "Asia/Ho_Chi_Minh"
    assert WaveOrder.model_validate(json.loads(order.model_dump_json())).digest() == order.digest()


def test_what_a_person_accepts_and_asks_is_part_of_what_is_agreed_to(tmp_path):
    plain, more = (
        WaveOrder.model_validate(wave(mariadb=[database(PLAIN, **given)]))
        for given in ({}, {"accept": ["text"], "queries": {"births": "select count(*) from don"}})
    )

    (part,) = parts(more.systems[0], tmp_path)

    assert part.options.accepted == {"text"}
    assert part.queries == {"births": "select count(*) from don"}
    assert plain.digest() != more.digest()
    assert "accept" not in plain.model_dump_json()


def test_gates_ask_seconds_and_transactions(monkeypatch):
    order = MariadbOrder.model_validate(database(NEW))
    monkeypatch.setattr(MariadbMove, "lag", lambda _: 11)
    monkeypatch.setattr(MariadbMove, "transactions", lambda _: None)

    said = [each.closed() for each in mariadb_gates(order)]

    assert said == ["dvc: 11 behind, at most 10", "dvc, transactions: nothing flows"]
    assert mariadb_gates(MariadbOrder.model_validate(database(PLAIN))) == []


@pytest.mark.parametrize(
    ("target", "more", "reason"),
    [
        ({**NEW, "kind": "mongodb"}, {}, "kind is postgres or mariadb"),
        (NEW, {"zone": "UTC"}, "zone: not for"),
        (PLAIN, {"lock": True}, "lock: not for"),
        (NEW, {"accept": ["text"]}, "accept: not for"),
        (PLAIN, {"accept": ["refused"]}, "accept.0"),
    ],
)
def test_what_does_not_fit_the_target_is_refused(target, more, reason):
    with pytest.raises(ValueError, match=reason):
        MariadbOrder.model_validate(database(target, **more))


@pytest.mark.parametrize(
    ("system", "place", "engine"),
    [
        ({"oracle": [database(PLAIN)]}, "systems.0", "Oracle"),
        ({"sqlserver": [database(PLAIN)]}, "systems.0", "SQL Server"),
        ({"mariadb": [database({**PLAIN, "kind": "mssql"})]}, "systems.0.mariadb.0", "SQL Server"),
        (
            {"mariadb": [{**database(PLAIN), "source": {**OLD, "kind": "oracle"}}]},
            "systems.0.mariadb.0",
            "Oracle",
        ),
    ],
)
def test_what_is_only_planned_is_refused_by_name(system, place, engine, tmp_path):
    file = tmp_path / "wave.yaml"
    file.write_text(yaml.safe_dump(wave(**system)), "utf-8")

    with pytest.raises(ProblemError) as caught:
        read_order(file)

    problem = caught.value.problems[0]
    assert (problem.key, problem.thing) == ("order-plan-only", f"{file}: {place}")
    assert problem.values == {"engine": engine}


def test_two_databases_that_follow_on_one_server_are_refused_with_what_to_do(tmp_path):
    file = tmp_path / "wave.yaml"
    other = {"name": "khac", "source": {**OLD, "database": "khac"}}
    order = wave(mariadb=[database(NEW), {**other, "target": {**NEW, "database": "khac"}}])
    file.write_text(json.dumps(order), "utf-8")

    with pytest.raises(ProblemError) as caught:
        read_order(file)

    problem = caught.value.problems[0]
    assert problem.key == "order-one-flow"
    assert problem.values == {"server": "10.1.2.13:3306", "first": "dvc", "second": "khac"}
    assert "`databases`" in problem.text()
    order = wave(mariadb=[database(NEW), {**other, "target": PLAIN}])
    assert len(WaveOrder.model_validate(order).systems[0].mariadb) == 2


SERVER = {key: value for key, value in OLD.items() if key != "database"}
OTHER = {key: value for key, value in NEW.items() if key != "database"}


def together(*names: str, **more: object) -> dict[str, object]:
    return {"name": "dvc", "source": SERVER, "target": OTHER, "databases": list(names), **more}


def test_databases_that_are_one_system_are_one_part_and_move_by_one_flow(tmp_path):
    order = WaveOrder.model_validate(wave(mariadb=[together("dvc", "ho_so", lock=True)]))

    (moving,) = parts(order.systems[0], tmp_path)

    assert moving.databases == ("dvc", "ho_so")
    assert moving.forth.lets == moving.behind.lets == ("dvc", "ho_so")
    assert moving.lock
    assert len(mariadb_gates(order.systems[0].mariadb[0])) == 2
    again = WaveOrder.model_validate(json.loads(order.model_dump_json()))
    assert again.digest() == order.digest()
    turned = WaveOrder.model_validate(wave(mariadb=[together("ho_so", "dvc", lock=True)]))
    assert parts(turned.systems[0], tmp_path)[0].forth.name == moving.forth.name


def test_an_order_without_several_has_the_digest_that_it_had():
    order = MariadbOrder.model_validate(database(NEW))

    assert "databases" not in order.model_dump(mode="json")


BAD = [
    ([together("dvc", "dvc")], "order-database-again", {"name": "dvc"}),
    ([together("hoso", "HoSo")], "order-database-case", {"first": "hoso", "second": "HoSo"}),
    ([together("dvc", "mysql")], "order-database-name", {"name": "mysql"}),
    ([together("dvc", "a,b")], "order-database-name", {"name": "a,b"}),
    ([together("dvc", " a")], "order-database-name", {"name": " a"}),
    (
        [{**together("dvc", "ho_so"), "target": NEW}],
        "order-databases-twice",
        {"end": "target", "name": "dvc"},
    ),
    (
        [together("dvc", "ho_so"), {**database(NEW), "name": "khac"}],
        "order-one-flow",
        {"server": "10.1.2.13:3306", "first": "dvc", "second": "khac"},
    ),
    (
        [together("dvc"), {**together("ho_so", name="khac"), "target": {**OTHER, "host": "h3"}}],
        "order-one-server",
        {"server": "10.1.2.13:3306", "first": "dvc", "second": "khac"},
    ),
]


@pytest.mark.parametrize(("mariadb", "key", "values"), BAD)
def test_what_cannot_move_together_is_refused_with_what_to_do(mariadb, key, values, tmp_path):
    file = tmp_path / "wave.yaml"
    file.write_text(json.dumps(wave(mariadb=mariadb)), "utf-8")

    with pytest.raises(ProblemError) as caught:
        read_order(file)

    problem = caught.value.problems[0]
    assert (problem.key, problem.values) == (key, values)
    assert problem.text("vi") != problem.text("en")


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (together("dvc", target=PLAIN | {"database": ""}), "databases: not for"),
        ({**together(), "source": {**OLD, "database": ""}, "target": NEW}, "name a `database`"),
        (together(), "source.database"),
    ],
)
def test_databases_are_named_once_and_for_mariadb_alone(order, reason):
    with pytest.raises(ValueError, match=reason):
        MariadbOrder.model_validate(order)


def test_two_systems_of_one_wave_are_refused_too():
    order = wave(mariadb=[database(NEW)])
    twin = {**order["systems"][0], "system": "t", "mariadb": [database(NEW)]}

    with pytest.raises(ValueError, match="is shared"):
        WaveOrder.model_validate({**order, "systems": [*order["systems"], twin]})
