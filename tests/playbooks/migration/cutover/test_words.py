"""Why a gate is closed is said in the reader's language."""

from __future__ import annotations

import datetime as dt
import string

import pytest

from playbooks.migration.cutover import in_window, lag_small, rehearsed
from playbooks.migration.cutover.gates import backed_up
from playbooks.migration.steps import Gate
from stacks.wording import sentences

SENTENCES = sentences("playbooks.migration.cutover")
NOW = dt.datetime(2026, 11, 22, 22, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
GATES = (
    (rehearsed(list, "plan", 7, lambda: NOW), "chưa được diễn tập"),
    (in_window(NOW + HOUR, NOW + 2 * HOUR, [], lambda: NOW), "khung giờ chuyển là từ"),
    (in_window(NOW, NOW + HOUR, [(NOW, NOW + HOUR)], lambda: NOW), "không được thay đổi gì"),
    (lag_small("db", lambda: 11, 10), "db: đang chậm 11, tối đa 10"),
    (lag_small("db", lambda: None, 10), "db: dữ liệu không được đồng bộ"),
    (backed_up("đêm", lambda: NOW - 30 * HOUR, 26, lambda: NOW), "bản mới nhất đã 30 giờ"),
)


@pytest.mark.parametrize(("gate", "said"), GATES, ids=[said for _, said in GATES])
def test_a_closed_gate_speaks_vietnamese(monkeypatch, gate, said):
    monkeypatch.setenv("SEN_LANG", "vi")

    assert said in (gate.closed() or "")


def test_a_gate_has_a_name_for_people_and_one_for_records(monkeypatch):
    monkeypatch.setenv("SEN_LANG", "vi")

    gate = lag_small("db", lambda: 11, 10)

    assert (gate.name, gate.called) == ("lag of db", "độ trễ của db")
    assert Gate("own", lambda: None).called == "own"


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", SENTENCES)
def test_both_languages_tell_the_same(key):
    said = SENTENCES[key]

    assert set(said) == {"en", "vi"}
    assert fields(said["en"]) == fields(said["vi"])
