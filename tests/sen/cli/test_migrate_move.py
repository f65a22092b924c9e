"""`sen migrate` on real databases: agreed to, rehearsed, filled, switched, led back, switched."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import shutil
import socket
import sys
import time

import pytest
import yaml

from playbooks.migration.cutover import Journey
from playbooks.migration.postgres.move import PostgresMove
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.steps import Outcome
from sen import local
from sen.evidence.place import chain_of
from sen.local.platform import Platform
from sen.migration import agreement
from sen.migration.objects import Waves
from sen.migration.packing import unpacked
from sen.tenancy.asking import Door
from sen.tenancy.installing import install
from stacks.models.objects.crd import crd
from stacks.models.objects.kinds import AGREEMENT, WAVE
from stacks.models.objects.wave import WaveRun, WaveSpec
from stacks.problem import ProblemError
from tests.databases import postgres
from tests.platform_fixture import as_admin
from tests.playbooks.migration.waves.portfolios import edge, graph, system

pytestmark = pytest.mark.platform
TENANT = "h26-civil-register-production"
SWITCH = """
import sys, pathlib
place = pathlib.Path(sys.argv[1])
if len(sys.argv) == 2:
    print(place.read_text())
else:
    place.write_text(sys.argv[2])
"""
NUMBERS = itertools.count()
PATIENCE_SECONDS = 30
PEOPLE = ("binh@hanoi.gov.vn", "chi@hanoi.gov.vn")


@pytest.fixture(scope="module")
def platform(tools):
    mine = Platform(f"mig{os.getpid()}")
    local.up(mine, fsync=False)
    body = {"metadata": {"name": TENANT, "labels": {"sen.gov.vn/agency": "H26"}}}
    as_admin(mine).ask("POST", "/api/v1/namespaces", body)
    waves = Waves(mine.kubeconfig, mine.context)
    with pytest.raises(ProblemError, match="does not know waves yet"):
        waves.all()
    install(mine.kubeconfig, mine.context, [crd(WAVE), crd(AGREEMENT)])
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _served(waves) and time.monotonic() < deadline:
        pass
    yield mine
    local.reset(mine)


def _served(waves):
    try:
        return waves.all() == []
    except ProblemError:
        return False


@pytest.fixture(scope="module")
def servers():
    with postgres() as old, postgres() as new:
        yield old, new


@pytest.fixture
def order(servers, tmp_path):
    """Write the order of a wave of one system whose database is there."""
    name = f"register_{next(NUMBERS)}"
    old, new = (
        PostgresPlace("127.0.0.1", each.port, name, "postgres", each.secret) for each in servers
    )
    for each in (old, new):
        each.with_database("postgres").tell(f"create database {name}")
    old.tell(
        "create table person (id bigserial primary key, name text)",
        "insert into person (name) select 'Trần Văn ' || i from generate_series(1, 2000) i",
    )
    (tmp_path / "switch.py").write_text(SWITCH)
    (tmp_path / "side").write_text("old")
    program = [sys.executable, str(tmp_path / "switch.py"), str(tmp_path / "side")]
    now = dt.datetime.now(dt.UTC)
    ends = [
        {
            "host": each.host,
            "port": each.port,
            "database": name,
            "user": "postgres",
            "password_file": str(each.password_file),
        }
        for each in (old, new)
    ]
    order = {
        "wave": f"w-{name.replace('_', '-')}",
        "start": (now - dt.timedelta(hours=1)).isoformat(),
        "end": (now + dt.timedelta(hours=3)).isoformat(),
        "hold_days": 14,
        "systems": [
            {
                "system": "civil-register",
                "tenant": TENANT,
                "postgres": [{"name": "register", "source": ends[0], "target": ends[1]}],
                "endpoint": {
                    "ask": program,
                    **{side: [*program, side] for side in ("old", "closed", "new")},
                },
            }
        ],
    }
    file = tmp_path / "wave.yaml"

    def written(**changes):
        file.write_text(yaml.safe_dump(order | changes, allow_unicode=True))
        return file

    written()
    return type(
        "Order",
        (),
        {
            "file": file,
            "write": staticmethod(written),
            "old": old,
            "new": new,
            "side": tmp_path / "side",
        },
    )


@pytest.fixture
def migrate(sen, platform, order):
    def call(command, *words):
        return sen("migrate", command, order.file, *words, "--name", platform.name)

    return call


def standing(platform, order):
    """Give the phase of the wave's object, and which conditions hold."""
    name = f"w-{order.old.database.replace('_', '-')}"
    said = Waves(platform.kubeconfig, platform.context).get(name)["status"]
    return said["phase"], {e["type"] for e in said["conditions"] if e["status"] == "True"}


@pytest.fixture
def agreed(migrate, platform, monkeypatch):
    """Let two people agree, each in their own name."""
    for person in PEOPLE:
        with monkeypatch.context() as patch:
            patch.setattr(Door, "myself", lambda _self, person=person: person)
            assert migrate("agree", "--document", "12/QD-STP").code == 0


def another_machine(platform, name):
    """Give the same platform as a machine reaches it that has its kubeconfig and nothing else."""
    other = Platform(name)
    other.state.mkdir(parents=True)
    there = platform.kubeconfig.read_text("utf-8").replace(platform.context, other.context)
    other.kubeconfig.write_text(there, "utf-8")
    return other


def another_machine_leads_back(sen, order, platform, monkeypatch):
    """Lead back from a machine that had nothing, once it shares journals and evidence."""
    other = another_machine(platform, f"{platform.name}b")
    words = ("migrate", "rollback", order.file, "--name", other.name)
    with monkeypatch.context() as patch:
        patch.setattr(socket, "gethostname", lambda: "may-khac")
        refused = sen(*words)
        assert (refused.code, "not on this machine" in refused.err) == (2, True), refused.err
        shutil.rmtree(other.state / "migration")
        shutil.rmtree(other.state / "evidence", ignore_errors=True)
        for each in ("migration", "evidence"):
            (other.state / each).symlink_to(platform.state / each)
        led = sen(*words)
    assert led.code == 0, led.err
    shutil.rmtree(other.state)


def test_the_whole_way_over_back_and_over(sen, migrate, agreed, order, platform, monkeypatch):
    rehearsed = migrate("rehearse", "-o", "json")
    assert rehearsed.code == 0, rehearsed.err
    assert json.loads(rehearsed.out)[0]["downtime_s"] > 0
    assert migrate("fill").code == 0
    assert json.loads(migrate("status", "-o", "json").out)[0]["gates"] == "open"
    assert standing(platform, order) == ("Moving", {"Rehearsed", "Approved"})

    switched_as_foretold(migrate, order)
    assert order.side.read_text() == "new"
    there = {"Rehearsed", "Approved", "CutOver", "Verified"}
    assert standing(platform, order) == ("Held", there)
    order.new.tell("insert into person (name) values ('Viết ở nơi mới')")
    another_machine_leads_back(sen, order, platform, monkeypatch)
    assert standing(platform, order)[0] == "RolledBack"
    assert order.side.read_text() == "old"
    assert order.old.value("select count(*) from person") == 2001
    order.old.tell("insert into person (name) values ('Viết lại ở nơi cũ')")
    assert migrate("cutover").code == 0
    assert order.new.value("select count(*) from person") == 2002

    held = migrate("finish")
    assert held.code == 2
    assert "the way back stays open until" in held.err
    databases = order.new.ask("select datname from pg_database where datname like 'sen_try%'")
    assert databases == [], "nothing of the rehearsal is left"
    reported(migrate, platform)
    kept_at_the_end(migrate, order, platform)


def test_journals_are_handed_over_and_an_older_copy_leads_nobody_away(
    sen, migrate, agreed, order, platform, monkeypatch
):
    early, last = (order.file.with_name(f"{each}.tar.gz") for each in ("early", "last"))

    def packed(file, *more):
        words = ("migrate", "journals", "pack", order.file, file, *more)
        return sen(*words, "--name", platform.name).code == 0

    assert [migrate(each).code for each in ("rehearse", "fill")] == [0, 0]
    assert packed(early)
    assert migrate("cutover").code == 0
    order.new.tell("insert into person (name) values ('Viết ở nơi mới')")
    assert packed(last, "--hand-over")
    refused = migrate("rollback")
    assert (refused.code, "handed over" in refused.err) == (2, True), refused.err
    other = another_machine(platform, f"{platform.name}c")
    with monkeypatch.context() as patch:
        patch.setattr(socket, "gethostname", lambda: "may-khac")
        taken_and_led_back(lambda *w: sen("migrate", *w, "--name", other.name), order, early, last)

    assert standing(platform, order)[0] == "RolledBack"
    assert order.side.read_text() == "old"
    assert order.old.value("select count(*) from person") == 2001
    shutil.rmtree(other.state)


def taken_and_led_back(there, order, early, last):
    """Go on at another machine, by journals that are the newest and by no others."""
    assert "not on this machine" in there("rollback", order.file).err
    refused = there("journals", "take", order.file, early)
    assert (refused.code, "MigrationWave: CutOver" in refused.err) == (2, True), refused.err
    assert "endpoint: new" in refused.err
    taken = there("journals", "take", order.file, last)
    assert taken.code == 0, taken.err
    assert "nothing new" in there("journals", "take", order.file, last).out
    led = there("rollback", order.file)
    assert led.code == 0, led.err


def kept_at_the_end(migrate, order, platform):
    """End the way back, and hold that the wave is kept beside its order and in the bucket."""
    order.write(hold_days=0)
    ended = migrate("finish", "--locked")
    assert ended.code == 0, ended.err
    (file,) = order.file.parent.glob("*-archive.tar.gz")
    assert f"s3://{platform.evidence_bucket}/migration/" in ended.err
    assert migrate("finish", "--check", file).code == 0
    assert order.new.password_file.read_text().encode() not in b"".join(
        unpacked(file.read_bytes()).values()
    )


def switched_as_foretold(migrate, order):
    """Look at gates and steps first, which does nothing; then go these very steps."""
    looked = migrate("cutover", "--check", "-o", "json")
    assert (looked.code, order.side.read_text()) == (0, "old")
    told = {each["name"]: each["expected_s"] for each in json.loads(looked.out)}
    assert "finish" in told
    steps = json.loads(migrate("cutover", "-o", "json").out)
    assert {each["step"]: each["expected"] for each in steps}.items() <= told.items()
    assert all(each["expected"] is not None for each in steps)


def reported(migrate, platform):
    """Hold that the report tells of all this, step by step, as it was expected."""
    acts = [record.act for record in chain_of(platform).records()]
    assert {"migration.agree", "migration.rehearse", "migration.done"} <= set(acts)
    told = json.loads(migrate("report").out)["systems"][0]
    assert (told["standing"], told["unproven"]) == ("held", 0)
    assert told["predicted_ms"][0] > 0
    steps = [each for each in told["phases"][1]["doings"] if each["result"] == "done"]
    assert all(each["expected_ms"] is not None for each in steps)
    assert told["verifications"][-1]["checks"][0]["name"] == "rows of public.person"


def test_a_plan_is_written_to_the_platform_and_listed(sen, platform, tmp_path):
    file = tmp_path / "graph.json"
    file.write_text(json.dumps(graph([system("a"), system("b")], [edge("a", "b")])), "utf-8")
    named = ("--name", platform.name)

    said = sen("migrate", "plan", "--graph", file, "--apply", "ke-hoach", "-o", "json", *named)

    assert said.code == 0, said.err
    assert json.loads(said.out)["waves"]
    rows = json.loads(sen("migrate", "status", "-o", "json", *named).out)
    (row,) = [each for each in rows if each["plan"] == "ke-hoach"]
    assert f"{row['wave']}: put" in said.err
    assert (row["systems"], row["phase"], row["moved"]) == (2, "Planned", 0)
    file.write_text(json.dumps(graph([])), "utf-8")
    a_wave_that_runs_stays(sen, platform, row["wave"], file)
    again = sen("migrate", "plan", "--graph", file, "--apply", "ke-hoach", *named)
    assert f"{row['wave']}: removed" in again.err
    assert sen("migrate", "plan", "--graph", file, "--apply", "Kế hoạch", *named).code == 2


def a_wave_that_runs_stays(sen, platform, name, file):
    """Hold that a wave that somebody runs is neither changed nor removed, nor one seen before."""
    waves = Waves(platform.kubeconfig, platform.context)
    thing, now = waves.read(name)
    version = thing["metadata"]["resourceVersion"]
    there = {"id": "a", "command": "rehearse", "by": PEOPLE[0], "machine": "may-khac", "place": "k"}
    assert waves.run(name, version, WaveRun(**there, since=now, seen=now))
    spec = WaveSpec.model_validate(thing["spec"])

    refused = sen(
        "migrate", "plan", "--graph", file, "--apply", "ke-hoach", "--name", platform.name
    )

    assert (refused.code, name in refused.err, "may-khac" in refused.err) == (2, True, True)
    assert (waves.put(name, spec, version), waves.remove(name, version)) == (False, False)
    assert waves.get(name)["spec"] == thing["spec"]
    version = waves.get(name)["metadata"]["resourceVersion"]
    assert waves.put(name, spec, version)
    assert waves.run(name, waves.get(name)["metadata"]["resourceVersion"], None)


def test_without_agreement_rehearsal_or_time_nothing_moves(migrate, order, agreed, monkeypatch):
    assert migrate("fill").code == 0
    refused = migrate("cutover")
    assert refused.code == 2
    assert "this plan was not rehearsed" in refused.err
    looked = migrate("cutover", "--check")
    assert (looked.code, "this plan was not rehearsed" in looked.out) == (1, True)

    with monkeypatch.context() as patch:
        patch.setattr(Door, "myself", lambda _self: PEOPLE[0])
        assert migrate("withdraw", "--reason", "chưa sao lưu").code == 0
        assert migrate("withdraw", "--reason", "lần nữa").code == 2
    assert "1 of 2 agreements" in migrate("cutover").err

    order.write(approvals=1, start="2026-01-01T00:00:00+07:00", end="2026-01-02T00:00:00+07:00")
    assert "1 of 1 agreements" in migrate("cutover").err, "a changed order is another"
    assert order.side.read_text() == "old"


def test_a_part_that_does_not_follow_closely_keeps_the_switch_closed(
    migrate, order, agreed, monkeypatch
):
    assert migrate("rehearse").code == 0
    assert "lag of register: register: nothing flows" in migrate("status").out
    assert migrate("fill").code == 0
    with monkeypatch.context() as patch:
        patch.setattr(PostgresMove, "lag", lambda _: (1 << 20) + 1)
        refused = migrate("cutover")

    assert refused.code == 2
    assert "register: 1048577 behind, at most 1048576" in refused.err
    assert order.side.read_text() == "old"


def test_a_fill_that_is_stopped_by_hand_says_what_to_do(migrate, monkeypatch):
    limits = []

    def stopped(_journey, limit):
        limits.append(limit)
        raise KeyboardInterrupt

    monkeypatch.setattr(Journey, "fill", stopped)

    said = migrate("fill", "--most-mib", "2.5")

    assert said.code == 2
    assert limits == [2.5 * (1 << 20)]
    assert "give the same command again" in said.err


def test_a_wave_that_another_machine_runs_is_left_alone(sen, migrate, order, platform, monkeypatch):
    name = f"w-{order.old.database.replace('_', '-')}"
    waves = Waves(platform.kubeconfig, platform.context)
    seen = []
    monkeypatch.setattr(
        Journey,
        "fill",
        lambda *_: seen.append(waves.get(name)["status"]["run"]) or Outcome({}, {}),
    )
    assert migrate("fill").code == 0
    assert seen[0]["command"] == "fill"
    thing, now = waves.read(name)
    assert "run" not in thing["status"]
    version = thing["metadata"]["resourceVersion"]
    there = WaveRun(**{**seen[0], "machine": "may-khac", "place": "khac", "seen": now})

    assert waves.run(name, version, there)
    assert not waves.run(name, version, there.model_copy(update={"id": "ba"})), "one wins"

    for command in ("rehearse", "fill", "cutover", "rollback", "finish", "release"):
        refused = migrate(command)
        assert (refused.code, "may-khac" in refused.err) == (2, True), command
    assert len(seen) == 1
    rows = json.loads(sen("migrate", "status", "-o", "json", "--name", platform.name).out)
    assert "may-khac" in next(each["runs"] for each in rows if each["wave"] == name)
    assert "may-khac" in migrate("status").out
    rows = json.loads(migrate("status", "-o", "json").out)
    assert ["may-khac" in each["runs"] for each in rows] == [True]


def test_a_broken_order_is_told_field_by_field(migrate, order):
    order.write(hold_days=-1, systems=[])

    said = migrate("status")

    assert said.code == 2
    assert "hold_days" in said.err
    assert "systems" in said.err
    order.file.write_text("wave: [")
    assert migrate("status").code == 2


def test_an_unknown_system_is_told(migrate):
    said = migrate("verify", "--system", "khac")

    assert said.code == 2
    assert "civil-register" in said.err


def test_what_differs_is_shown(migrate, agreed, order):
    migrate("fill")
    order.new.tell("delete from person where id = 7")

    said = migrate("verify", "-o", "json")

    assert said.code == 1
    wrong = [row for row in json.loads(said.out) if row["differences"]]
    assert [row["where"] for row in wrong] == ["public.person (7)", "public.person_id_seq"]


TODAY = dt.date(2026, 11, 22)
AGREED = {
    "provider": TENANT,
    "consumer": "h26-mail-production",
    "data": {"vi": "Thư báo kết quả", "en": "Notices of results"},
    "legal_basis": "12/QD-STP",
    "personal_data": True,
    "ports": [25],
    "starts": "2026-11-01",
    "ends": "2026-11-30",
}


@pytest.fixture(scope="module")
def told(platform):
    """Put an agreement down, as soon as the API server knows the kind."""
    kind = {"apiVersion": "sen.gov.vn/v1alpha1", "kind": "SharingAgreement"}
    body = {**kind, "metadata": {"name": "mail"}, "spec": AGREED}
    path = f"/apis/sen.gov.vn/v1alpha1/namespaces/{TENANT}/sharingagreements"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while as_admin(platform).ask("POST", path, body)[0] == 404 and time.monotonic() < deadline:
        pass
    return lambda name, day: agreement.wrong(platform.kubeconfig, platform.context, name, day)


@pytest.mark.parametrize(
    ("name", "day", "said"),
    [
        (f"{TENANT}/mail", TODAY, None),
        (f"{TENANT}/mail", dt.date(2026, 10, 31), "begins on 2026-11-01"),
        (f"{TENANT}/mail", dt.date(2026, 12, 1), "ended on 2026-11-30"),
        (f"{TENANT}/fax", TODAY, "there is no agreement"),
        ("elsewhere/mail", TODAY, "there is no agreement"),
    ],
)
def test_an_agreement_holds_on_its_days_only(told, name, day, said):
    found = told(name, day)

    assert found is None if said is None else said in found
