"""A chain keeps what was done in order, whoever writes and whenever a writer dies."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from sen.errors import MissingPartError
from sen.evidence import Act, Chain
from sen.evidence.record import CLOCK, FIRST
from sen.evidence.verification import verify
from stacks.problem import ProblemError

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def act(number=0, **data):
    return Act("tenant.request", "H26/an", f"tenant-{number}", {"number": number, **data})


def test_records_are_numbered_and_linked(tmp_path):
    chain = Chain(tmp_path / "chain.jsonl")

    first, second = chain.append(act(1), act(2))
    (third,) = chain.append(act(3))

    assert [each.sequence for each in (first, second, third)] == [1, 2, 3]
    assert (first.previous, second.previous, third.previous) == (FIRST, first.hash, second.hash)
    assert list(chain.records()) == [first, second, third]
    assert verify(chain.lines()).sound
    assert oct((tmp_path / "chain.jsonl").stat().st_mode)[-3:] == "600"


def test_vietnamese_text_is_kept_as_it_is(tmp_path):
    chain = Chain(tmp_path / "chain.jsonl")

    chain.append(Act("waiver.add", "Nguyễn Văn Ân", "ngoại-lệ", {"lý do": "Đang chuyển đổi"}))

    assert "Nguyễn Văn Ân" in (tmp_path / "chain.jsonl").read_text("utf-8")
    assert next(chain.records()).data == {"lý do": "Đang chuyển đổi"}


WRITER = """
import sys
from pathlib import Path
from sen.evidence import Act, Chain
chain = Chain(Path(sys.argv[1]))
for number in range(40):
    chain.append(Act("tenant.request", sys.argv[2], f"tenant-{number}", {}))
"""


def test_two_writers_at_once_keep_one_chain(tmp_path):
    path = tmp_path / "chain.jsonl"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in ("an", "binh")
    ]

    ended = [writer.wait() for writer in writers]

    verdict = verify(Chain(path).lines())
    assert ended == [0, 0]
    assert (verdict.records, verdict.broken) == (80, None)
    assert {each.by for each in Chain(path).records()} == {"an", "binh"}


@pytest.mark.parametrize("left", [1, 40, 200])
def test_line_without_its_end_is_cut_off_and_the_cut_is_told(tmp_path, left):
    path = tmp_path / "chain.jsonl"
    chain = Chain(path)
    chain.append(act(1))
    with path.open("ab") as file:
        file.write(chain.append(act(2))[0].line()[:left].replace(b"\n", b""))

    (made,) = chain.append(act(3))

    records = list(chain.records())
    assert [each.act for each in records][2:] == ["evidence.torn-line", "tenant.request"]
    assert records[2].data["bytes"] > 0
    assert made == records[-1]
    assert verify(chain.lines()).sound


def test_long_records_are_found_again_from_the_end(tmp_path):
    chain = Chain(tmp_path / "chain.jsonl")
    chain.append(act(1, text="đ" * 200_000))

    chain.append(act(2, text="e" * 150_000))

    assert chain.last().about == "tenant-2"
    assert verify(chain.lines()).records == 2


def test_clock_that_goes_back_stands_still_and_is_told(tmp_path):
    times = [NOON, NOON - timedelta(hours=2), NOON + timedelta(seconds=1)]
    chain = Chain(tmp_path / "chain.jsonl", clock=lambda: times.pop(0))

    records = [chain.append(act(number))[0] for number in range(3)]

    assert [each.at for each in records] == [
        "2026-11-22T12:00:00.000000Z",
        "2026-11-22T12:00:00.000000Z",
        "2026-11-22T12:00:01.000000Z",
    ]
    assert records[1].data[CLOCK] == "2026-11-22T10:00:00.000000Z"
    assert (verify(chain.lines()).sound, verify(chain.lines()).set_back) == (True, 1)


def test_disk_that_refuses_leaves_the_chain_as_it_was(tmp_path, monkeypatch):
    chain = Chain(tmp_path / "chain.jsonl")
    chain.append(act(1))

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(MissingPartError, match="No space left"):
            chain.append(act(2))

    assert [each.about for each in chain.records()] == ["tenant-1"]
    assert chain.append(act(3))[0].sequence == 2


def test_chain_with_a_broken_end_is_not_continued(tmp_path):
    path = tmp_path / "chain.jsonl"
    path.write_bytes(b"{}\n")

    with pytest.raises(ProblemError, match=r"chain\.jsonl"):
        Chain(path).append(act(1))
    with pytest.raises(ProblemError, match=r"chain\.jsonl:1"):
        list(Chain(path).records())


@pytest.mark.parametrize("data", [{"a": 1.5}, {"a": b"x"}, {1: "x"}, {"a": [{"b": 2.0}]}])
def test_data_that_have_more_than_one_form_are_refused(tmp_path, data):
    with pytest.raises(ProblemError, match="whole numbers"):
        Chain(tmp_path / "chain.jsonl").append(Act("a.b", "x", "y", data))

    assert not (tmp_path / "chain.jsonl").exists()


def test_text_that_is_not_unicode_is_refused(tmp_path):
    with pytest.raises(ProblemError, match="Unicode"):
        Chain(tmp_path / "chain.jsonl").append(Act("a.b", "x", "\ud800", {}))


@pytest.mark.parametrize(
    ("name", "by", "about"),
    [("tenant", "x", "y"), ("A.b", "x", "y"), ("a.b", "", "y"), ("a.b", "x", "")],
)
def test_act_without_name_or_party_is_refused(name, by, about):
    with pytest.raises(ProblemError):
        Act(name, by, about, {})


def test_missing_chain_is_empty(tmp_path):
    chain = Chain(tmp_path / "none.jsonl")

    assert (list(chain.records()), chain.last(), verify(chain.lines()).records) == ([], None, 0)


def test_lines_have_one_form(tmp_path):
    chain = Chain(tmp_path / "chain.jsonl")
    chain.append(act(1))
    line = next(chain.lines())

    keys = list(json.loads(line))

    assert keys == sorted(keys)
    assert b": " not in line
