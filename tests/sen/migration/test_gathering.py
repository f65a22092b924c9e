"""What is told of a wave is what its journals and the chain of evidence hold, and no more."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from playbooks.migration.cutover import SmokeTest
from playbooks.migration.steps import Gate
from sen.evidence.record import Act
from sen.migration.account import Result, Standing
from sen.migration.expected import expected
from sen.migration.text import ACT as TEXT
from stacks.problem import ProblemError
from tests.sen.migration.moved import PEOPLE, RUNNER, Moved, order

TEXT_SEEN = {
    "part": "cong_dan",
    "plain": 4,
    "columns": [
        {
            "table": "ho_so",
            "column": "ho_ten",
            "encoding": "tcvn3",
            "confidence": 998,
            "reason": "âm tiết tiếng Việt",
            "rows": 52_000,
        }
    ],
    "doubts": {"text": 2},
    "named": [
        {"kind": "text", "about": "ho_so (17)", "reason": "ho_ten: bytes of no known letter"}
    ],
}


@pytest.fixture
def moved(tmp_path):
    return Moved.at(tmp_path)


def results(phase):
    return [(each.step, each.result) for each in phase.doings]


def test_nothing_was_done_yet(moved):
    one = moved.one()

    assert (one.standing, one.phases, one.predicted_ms) == (Standing.PLANNED, (), None)
    assert moved.account().agreements == ()


def test_who_agreed_who_took_it_back_and_who_agreed_to_another_order(tmp_path, moved):
    moved.agreed()
    moved.ledger.withdraw(PEOPLE[0], "chưa sao lưu")
    Moved(order(hold_days=3), moved.folder, moved.chain).agreed()

    found = moved.account()

    first, second = found.agreements
    assert (first.person, first.document, first.reason) == (PEOPLE[0], "11/QĐ-STP", "chưa sao lưu")
    assert first.withdrawn is not None
    assert (second.person, second.withdrawn) == (PEOPLE[1], None)
    assert found.earlier == 2
    assert (found.trust.records, found.trust.broken) == (5, None)


def test_the_whole_way_is_told_with_what_was_expected(moved):
    moved.agreed()
    moved.rehearsed()
    assert moved.one().standing is Standing.REHEARSED
    journey = moved.journey()
    journey.fill()
    assert moved.one().standing is Standing.FILLED
    moved.cut_over()

    one = moved.one()

    assert one.standing is Standing.HELD
    assert one.predicted_ms == (14_000, 24_000)
    assert [each.name for each in one.phases] == ["fill", "cut over"]
    fill, switch = one.phases
    assert all(each.expected_ms is not None for each in fill.doings)
    assert results(switch)[0] == ("close", Result.DONE)
    assert [each.expected_ms is None for each in switch.doings] == [False] * 7
    assert one.downtime_ms == switch.waited_ms
    assert one.opened == switch.ended
    assert one.hold_until == switch.ended + dt.timedelta(days=14)
    assert (one.proof.looked_at, one.proof.differing, one.unproven) == (120_010, 0, 0)
    spans = {each.about: each for each in moved.account().spans}
    assert spans["w1/ho-tich: cut over"].count == 14


def test_a_rehearsal_after_the_switch_predicted_nothing_of_it(moved):
    moved.rehearsed(seconds=10)
    moved.cut_over()
    moved.rehearsed(seconds=99)

    assert moved.one().predicted_ms == (10_000, 18_000)


def test_a_failed_rehearsal_is_told_and_predicts_nothing(moved):
    moved.ledger.rehearsed(RUNNER, "ho-tich", None)

    one = moved.one()

    assert [each.passed for each in one.trials] == [False]
    assert (one.predicted_ms, one.standing) == (None, Standing.PLANNED)


def test_what_was_taken_back_is_told_with_its_differences_and_the_time_people_waited(moved):
    moved.part.differs = 3
    with pytest.raises(ProblemError):
        moved.cut_over()
    assert moved.one().standing is Standing.TAKEN_BACK
    moved.part.differs = 0
    moved.cut_over()

    one = moved.one()

    first, second = one.of("cut over")
    assert results(first)[4] == ("verify", Result.FAILED)
    assert results(first)[-1] == ("close", Result.UNDONE)
    assert first.undone
    assert first.waited_ms is not None
    assert second.did("open")
    bad, good = one.verifications
    assert (bad.differing, good.differing) == (3, 0)
    found = bad.checks[0].differences[0]
    assert (found.where, found.what) == ("public.khai_sinh (0)", "missing")
    assert one.proof == good


def test_a_gate_that_is_closed_begins_nothing(moved):
    moved.gates = (Gate("approvals", lambda: "1 of 2 agreements"),)
    moved.journey().fill()
    with pytest.raises(ProblemError):
        moved.cut_over()

    one = moved.one()

    assert one.standing is Standing.FILLED
    assert results(one.phases[-1]) == [("close", Result.CLOSED)]
    assert one.phases[-1].doings[0].data["reason"] == "1 of 2 agreements"
    assert one.phases[-1].waited_ms is None


def test_back_over_again_and_the_end(moved):
    moved.journey().fill()
    moved.cut_over()
    moved.journey().roll_back()
    assert moved.one().standing is Standing.ROLLED_BACK
    assert moved.one().opened is None
    moved.cut_over()
    moved.journey().finish()

    one = moved.one()

    names = [each.name for each in one.phases]
    assert names == ["fill", "cut over", "roll back", "cut over", "finish"]
    assert one.of("roll back")[0].waited_ms is not None
    assert one.standing is Standing.FINISHED
    assert one.finished == one.phases[-1].ended
    assert one.unproven == 0


def test_a_process_that_was_killed_leaves_an_interrupted_step(moved):
    moved.cut_over()
    path = moved.folder / "w1" / "ho-tich" / "cut-over.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:3]))

    one = moved.one()

    assert one.standing is Standing.SWITCHING
    assert results(one.phases[-1])[-1] == ("register: freeze", Result.INTERRUPTED)
    assert one.phases[-1].waited_ms is None


def test_entries_that_the_chain_lacks_are_counted(moved):
    moved.journey().fill()
    path = moved.folder / "w1" / "ho-tich" / "fill.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    forged = json.loads(lines[-1])
    forged["data"]["milliseconds"] = 1
    path.write_text("".join([*lines[:-1], json.dumps(forged) + "\n"]))

    assert moved.one().unproven == 1


def test_a_chain_that_was_edited_is_told(moved):
    moved.agreed()
    moved.chain.path.write_text(moved.chain.path.read_text().replace("11/QĐ", "99/QĐ"))

    assert moved.account().trust.broken == 1


def test_questions_from_outside_are_told_apart(moved):
    bad = SmokeTest(url="http://127.0.0.1:1/")
    with pytest.raises(ProblemError):
        moved.cut_over(smoke=(bad,))

    one = moved.one()

    assert [each.differing for each in one.smoke] == [1]
    assert "ConnectError" in one.smoke[0].checks[0].differences[0].where
    assert [each.differing for each in one.verifications] == [0]


def test_a_comparison_by_hand_and_old_text_are_told_from_the_chain(moved):
    moved.part.differs = 2
    moved.record("migration.verify", "w1/ho-tich", moved.part.verify().facts())
    moved.record(TEXT, "w1/ho-tich", {**TEXT_SEEN, "plain": 1})
    moved.record(TEXT, "w1/ho-tich", TEXT_SEEN)

    one = moved.one()

    assert (one.proof.by_hand, one.proof.differing) == (True, 2)
    (text,) = one.texts
    assert (text.part, text.plain, text.doubts) == ("cong_dan", 4, {"text": 2})
    assert text.columns[0].encoding == "tcvn3"
    assert text.named[0].about == "ho_so (17)"


def test_levels_of_hosts_that_the_wave_goes_to(moved):
    for host, after in (("10.9.8.11", 18), ("khac", 0), ("10.9.8.11", 17)):
        data = {"level": 3, "before": 79, "after": after, "remaining": ["no-swap"]}
        moved.chain.append(Act("migration.harden", RUNNER, host, data))

    (host,) = moved.account().hosts

    assert (host.host, host.level, host.before, host.after) == ("10.9.8.11", 3, 79, 17)
    assert host.remaining == ("no-swap",)


@pytest.mark.parametrize(
    ("about", "step", "found"),
    [
        ("w1/ho-tich-rehearsal of so: fill", "rows", ("fill", "so: rows")),
        ("w1/ho-tich-rehearsal of so: cut over", "so_try: freeze", ("cut over", "so: freeze")),
        ("w1/ho-tich-rehearsal of so: cut over", "verify", ("cut over", "verify")),
        ("w1/ho-tich-khac-rehearsal of so: fill", "rows", None),
        ("w1/ho-tich: fill", "so: rows", None),
    ],
)
def test_steps_of_a_rehearsal_stand_for_steps_of_the_move(moved, about, step, found):
    moved.record("migration.done", about, {"step": step, "milliseconds": 7})

    assert expected(moved.chain.records(), "w1/ho-tich") == ({found: 7} if found else {})


def test_what_parts_took_for_a_shared_step_adds_up_and_the_last_time_counts(moved):
    for part, took in (("so", 99), ("so", 7), ("kho", 30)):
        about = f"w1/ho-tich-rehearsal of {part}: cut over"
        moved.record("migration.done", about, {"step": "verify", "milliseconds": took})

    assert expected(moved.chain.records(), "w1/ho-tich") == {("cut over", "verify"): 37}
