"""Journals are told attempt by attempt; the time people waited begins when they were shut out."""

from __future__ import annotations

import json

import pytest

from sen.migration.account import Result
from sen.migration.course import phases

LINES = (
    ("close", "closed", "20:00:00", {"gate": "window", "reason": "sớm quá"}),
    ("close", "begun", "22:00:00", {}),
    ("close", "done", "22:00:01", {"milliseconds": 1000}),
    ("verify", "begun", "22:00:01", {}),
    ("verify", "failed", "22:00:09", {"reason": "khác"}),
    ("close", "undoing", "22:00:10", {}),
    ("close", "undone", "22:00:12", {}),
    ("close", "begun", "23:00:00", {}),
    ("close", "done", "23:00:01", {"milliseconds": 900}),
    ("open", "begun", "23:00:01", {}),
    ("open", "begun", "23:00:05", {}),
    ("open", "done", "23:00:07", {"milliseconds": 2000}),
)


@pytest.fixture
def folder(tmp_path):
    lines = [
        json.dumps({"step": s, "event": e, "at": f"2026-12-05T{at}+00:00", "data": data})
        for s, e, at, data in LINES
    ]
    (tmp_path / "cut-over.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_waiting_runs_from_the_closing_that_was_begun_to_the_opening_or_the_way_back(folder):
    first, second = phases(folder, {})

    assert (first.waited_ms, second.waited_ms) == (12_000, 7_000)
    assert (first.undone, second.undone) == (True, False)


def test_each_doing_has_its_time_and_what_was_hoped_for(folder):
    first, second = phases(folder, {("cut over", "close"): 800})

    told = [(each.step, each.result, each.ms, each.expected_ms) for each in first.doings]
    assert told == [
        ("close", Result.CLOSED, None, None),
        ("close", Result.DONE, 1000, 800),
        ("verify", Result.FAILED, 8000, None),
        ("close", Result.UNDONE, 2000, None),
    ]
    ended = [(each.step, each.result) for each in second.doings]
    assert ended[1:] == [("open", Result.INTERRUPTED), ("open", Result.DONE)]


def test_journals_that_were_put_away_come_first_in_the_order_of_their_numbers(folder):
    whole = (folder / "cut-over.jsonl").read_text()
    for number, day in ((2, "03"), (10, "04"), (1, "02")):
        away = folder / f"cut-over.{number}.jsonl"
        away.write_text(whole.replace("2026-12-05", f"2026-12-{day}"))

    days = [each.begun.day for each in phases(folder, {})]

    assert days == [2, 2, 3, 3, 4, 4, 5, 5]
