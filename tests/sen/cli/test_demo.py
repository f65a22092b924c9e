"""`sen demo` starts the platform, then the baseline, then tenants, and says what comes next."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from sen.cli import demo as module
from sen.demo import country as country_module
from sen.demo.build import Built
from sen.errors import MissingPartError
from stacks.models.agency import agencies
from stacks.models.country import request_of
from stacks.models.load import load_requests
from stacks.problem import Problem

TODAY = date(2026, 12, 1)
ROW = {"agency": "H26", "namespace": "h26-portal-staging", "price_vnd_month": 5}


@pytest.fixture
def steps(monkeypatch, quiet_platform):
    """Play the parts that take long, and keep in which order they were called."""
    called = []

    def tenants(platform, shards, *, told):
        shards = [(agency, list(paths)) for agency, paths in shards]
        called.append(("tenants", shards))
        for agency, _ in shards:
            told(Built(f"tenants-{agency.lower()}-dev", 1.5))

    def baseline(platform, *, told):
        called.append(("baseline", platform.name))
        told(Built("baseline-quiet-quietdev", 2.0))

    monkeypatch.setattr(module, "up", lambda platform: called.append(("up", platform.name)))
    monkeypatch.setattr(module.build, "build_baseline", baseline)
    monkeypatch.setattr(module.build, "build_tenants", tenants)
    monkeypatch.setattr(module.listing, "tenants", lambda *_: [ROW])
    monkeypatch.setattr(module, "_today", lambda: TODAY)
    return called


def test_the_demo_is_built_from_the_ground_up(sen, steps):
    said = sen("demo", "up", "--name", "quiet", "-o", "json")

    assert said.code == 0
    assert [step for step, _ in steps] == ["up", "baseline", "tenants"]
    assert steps[:2] == [("up", "quiet"), ("baseline", "quiet")]
    assert {"G22", "H26"} <= {agency for agency, _ in steps[2][1]}
    assert json.loads(said.out) == [ROW]


def test_people_are_told_what_was_done_and_what_comes_next(sen, steps):
    said = sen("demo", "up", "--name", "quiet")

    assert "h26-portal-staging" in said.out
    for words in (
        "baseline-quiet-quietdev",
        "tenants-h26-dev",
        "sen env --name quiet",
        "sen local down --name quiet",
        "no container runs",
    ):
        assert words in said.err


@pytest.mark.parametrize(
    ("uv", "command"), [("/somewhere/uv", "uv run sen"), (None, ".venv/bin/sen")]
)
def test_what_comes_next_works_with_uv_at_hand_and_without(sen, steps, monkeypatch, uv, command):
    monkeypatch.setattr(module.shutil, "which", lambda _: uv)

    said = sen("demo", "up")

    assert f'eval "$({command} env)"' in said.err


def test_tenants_that_have_ended_are_told(sen, steps, monkeypatch):
    monkeypatch.setattr(module, "_today", lambda: date(2028, 1, 1))

    said = sen("demo", "up", "--name", "quiet")

    assert "g09-training-lab-training has ended" in said.err


def test_a_part_that_is_missing_ends_it_before_anything_is_built(sen, steps, monkeypatch):
    def missing(_):
        raise MissingPartError(Problem("tool-missing", "etcd", {"wanted": "3.6"}))

    monkeypatch.setattr(module, "up", missing)

    said = sen("demo", "up", "--name", "quiet")

    assert (said.code, said.out) == (3, "")
    assert "etcd" in said.err
    assert steps == []


@pytest.fixture
def few(monkeypatch):
    """A country of three agencies, so that its tests take no time."""

    def three(stage, starts, ends):
        book = agencies()
        for code in ("G01", "H26", "H26.00070"):
            yield request_of(book.get(code), stage, starts, ends)

    monkeypatch.setattr(country_module, "country", three)


def requests_of(steps):
    return [
        request for _, paths in dict(steps)["tenants"] for request in load_requests(paths, TODAY)
    ]


def test_a_country_is_built_agency_by_agency(sen, steps, few):
    said = sen("demo", "country", "--name", "quiet")

    assert said.code == 0
    assert [step for step, _ in steps] == ["up", "baseline", "tenants"]
    assert [agency for agency, _ in steps[2][1]] == ["G01", "H26"]
    assert {one.agency for one in requests_of(steps)} == {"G01", "H26", "H26.00070"}
    assert "1 tenants in all" in said.err


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ((), 1095),
        (("--stage", "production"), 1095),
        (("--stage", "training"), 89),
        (("--ends", "2026-12-31"), 30),
    ],
)
def test_a_country_ends_when_it_is_told_or_as_late_as_its_stage_may(sen, steps, few, words, days):
    said = sen("demo", "country", "--name", "quiet", *words)

    assert said.code == 0, said.err
    assert {one.starts for one in requests_of(steps)} == {TODAY}
    assert {one.ends for one in requests_of(steps)} == {TODAY + timedelta(days=days)}


@pytest.mark.parametrize("ends", ["2026-13-45", "soon", "01/12/2026"])
def test_an_end_that_is_no_day_is_bad_usage(sen, steps, ends):
    said = sen("demo", "country", "--name", "quiet", "--ends", ends)

    assert said.code == 2
    assert ends in said.err
    assert steps == []


@pytest.mark.parametrize(
    ("ends", "words"),
    [("2026-11-01", "lies before the start"), ("2036-01-01", "beyond the limit of 1096 days")],
)
def test_an_end_that_breaks_a_rule_is_refused(sen, steps, few, ends, words):
    said = sen("demo", "country", "--name", "quiet", "--ends", ends)

    assert said.code == 2
    assert words in said.err
    assert len(said.err.strip().splitlines()) <= 3


def test_the_day_is_the_readers_own():
    before = datetime.now().astimezone().date()

    assert before <= module._today() <= datetime.now().astimezone().date()
