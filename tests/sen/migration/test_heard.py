"""How the tenant's side fared in a rehearsal stands in the chain and in the report."""

from __future__ import annotations

import pytest

from playbooks.migration.order.rehearse import rehearse
from sen.local.platform import Platform
from sen.migration import throwaway, wave
from sen.migration.heard import Heard
from stacks.problem import Language, ProblemError
from tests.sen.migration.judged import HOST, TENANT, Judged, side, tenant
from tests.sen.migration.moved import Moved
from tests.sen.migration.test_report import text_of


@pytest.fixture
def moved(tmp_path):
    return Moved.at(tmp_path)


def rehearsed(moved, cluster, **more):
    """Rehearse the tenant's side alone, and write it down as a wave does."""
    heard = Heard(moved.record)
    part = side(cluster, **more)
    try:
        rehearse("w1/ho-tich", [part], heard)
    except ProblemError as error:
        moved.ledger.rehearsed("an", "ho-tich", None, heard.tenant(error))
    else:
        heard("migration.done", "w1/ho-tich-rehearsal of so: fill", {"bytes": 60 << 30})
        heard("migration.done", "w1/ho-tich-rehearsal of so: fill", {"bytes": 7})
        heard("migration.done", "w1/ho-tich-rehearsal of so: cut over", {"bytes": 1 << 40})
        moved.ledger.rehearsed("an", "ho-tich", 1.0, heard.tenant())
    return [each for each in moved.chain.records() if "rehearsal of tenant-side" in each.about]


def test_time_and_verdict_stand_in_the_chain_and_in_the_report(moved):
    flow = {"name": "mail", "source": HOST, "address": "10.5.0.8", "port": 25}

    records = rehearsed(moved, Judged(*tenant(), refuses=["LimitRange"]), flows=[flow])

    assert [each.act for each in records] == ["migration.begun", "migration.done"]
    told = moved.one().trials[0].tenant
    assert told["passed"]
    assert told["milliseconds"] >= 0
    assert told["arrived"] == 60 << 30, "each pass counts again, and the switch anew"
    english, vietnamese = (text_of(moved, lang) for lang in (Language.EN, Language.VI))
    assert "a throw-away copy of its namespace: let in (CronJob/sen-rehearsal" in english
    assert "do not open to its pods: mail." in english
    assert "Could not be copied there: LimitRange/limits" in english
    assert "61,440 MiB arrived" in english
    assert "chỉ còn 51.200 MiB" in vietnamese
    assert "approved request" not in english
    assert "không mở cho pod: mail" in vietnamese


def test_where_the_tenant_is_not_as_approved_is_reported(moved, monkeypatch):
    monkeypatch.setattr(throwaway, "unlike", lambda *_: ["ResourceQuota/quota spec.hard.pods"])

    rehearsed(moved, Judged(*tenant()))

    english, vietnamese = (text_of(moved, lang) for lang in (Language.EN, Language.VI))
    assert "will put it back: ResourceQuota/quota spec.hard.pods." in english
    assert "bộ điều hành sẽ đưa về như cũ: ResourceQuota/quota spec.hard.pods." in vietnamese


def test_a_refusal_fails_the_rehearsal_and_is_reported_in_the_readers_language(moved):
    records = rehearsed(moved, Judged(*tenant(), refuses=["Pod"]))

    assert records[-1].act == "migration.failed"
    (trial,) = moved.one().trials
    assert (trial.passed, trial.tenant["passed"]) == (False, False)
    english, vietnamese = (text_of(moved, lang) for lang in (Language.EN, Language.VI))
    assert "not let in. Pod/sen-rehearsal: the cluster does not let it into" in english
    assert "không được nhận. Pod/sen-rehearsal: cụm không nhận" in vietnamese
    assert "rồi diễn tập lại" not in english


def test_a_rehearsal_of_before_tells_nothing_of_a_tenant(moved):
    moved.ledger.rehearsed("an", "ho-tich", 3.0)

    assert moved.one().trials[0].tenant == {}
    assert "throw-away copy" not in text_of(moved)


def test_a_wave_notes_what_has_no_room_on_the_tenants_volumes(moved, monkeypatch, capsys):
    def whole(name, parts, record):
        waited = rehearse(name, parts, record)
        record("migration.done", f"{name}-rehearsal of so: fill", {"bytes": 60 << 30})
        return waited

    (one,) = moved.order.systems
    one = one.model_copy(update={"tenant": TENANT})
    for name, put in {
        "LiveApplying": lambda *_: Judged(*tenant()),
        "parts": lambda *_: [],
        "rehearse": whole,
    }.items():
        monkeypatch.setattr(wave, name, put)
    monkeypatch.setattr(wave.Wave, "ledger", moved.ledger)

    wave.Wave(Platform("notes"), moved.order, "an").rehearse(one)

    assert f"{TENANT}: 61440 MiB arrived in the rehearsal" in capsys.readouterr().err
    assert moved.one().trials[0].passed
