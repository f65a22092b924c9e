"""A system is switched behind gates, goes back by itself when something fails, and ends."""

from __future__ import annotations

import datetime as dt
import http.server
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from playbooks.migration.cutover import (
    Journey,
    Rehearsal,
    SmokeTest,
    in_window,
    lag_small,
    rehearsed,
)
from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.cutover.gates import agreed, predicted
from playbooks.migration.cutover.release import release
from playbooks.migration.cutover.smoke import smoke
from playbooks.migration.steps import Gate, GateClosedError, Journal, Step
from playbooks.migration.verify import Check, Difference, Verdict
from stacks.problem import Problem, ProblemError

NOW = dt.datetime(2026, 11, 22, 22, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@dataclass
class Place:
    """An endpoint that remembers where it pointed."""

    now: Side = Side.OLD
    said: list[Side] = field(default_factory=list)

    def side(self) -> Side:
        return self.now

    def point(self, side: Side) -> None:
        self.now = side
        self.said.append(side)


@dataclass
class Thing:
    """A part that says what was done to it."""

    name: str
    done: list[str]
    differs: bool = False
    does: Callable[[], object] = bool
    fails: bool | BaseException = False

    def step(self, name: str, undo: bool = False) -> Step:
        def do(_pulse):
            if isinstance(self.fails, BaseException) and name == "switch":
                raise self.fails
            if self.fails and name == "switch":
                raise ProblemError(
                    Problem("database-unreachable", self.name, {"reason": "cắt mạng"})
                )
            if name == "switch":
                self.does()
            self.done.append(f"{name} {self.name}")
            return {}

        return Step(
            name, do, undo=(lambda: self.done.append(f"undo {name} {self.name}")) if undo else None
        )

    def fill(self):
        return [self.step("fill")]

    def switch(self):
        return [self.step("freeze", undo=True), self.step("switch", undo=True)]

    def back(self):
        return [self.step("back")]

    def finish(self):
        return [self.step("finish")]

    def verify(self):
        found = [Difference("hàng 7", "missing")] if self.differs else []
        return Verdict([Check.of("rows", 10, found)])


@pytest.fixture
def journey(tmp_path):
    done: list[str] = []
    parts = [Thing("db", done), Thing("files", done)]
    made = Journey("w1/portal", parts, Place(), tmp_path, lambda *_: None)
    return made, done


def replaced(journey, **changes):
    return type(journey)(**{**vars(journey), **changes})


def filled(journey):
    made, done = journey
    made.fill()
    done.clear()
    return made, done


def test_parts_are_filled_switched_verified_and_opened_in_order(journey):
    made, done = journey
    made.fill()

    made.cut_over()

    assert done == [
        *("fill db", "fill files", "freeze db", "switch db", "freeze files", "switch files"),
    ]
    assert made.endpoint.said == [Side.CLOSED, Side.NEW]


def test_parts_are_compared_at_the_same_time_and_told_in_order(journey):
    made, done = journey
    both = threading.Barrier(2, timeout=30)

    class Meeting(Thing):
        def verify(self):
            both.wait()
            return Verdict([Check.of(self.name, 10, [])])

    meeting = replaced(made, parts=[Meeting("db", done), Meeting("files", done)])

    assert [each.name for each in meeting.verify().checks] == ["db", "files"]


def test_what_was_switched_is_not_filled_again_until_it_was_led_back(journey):
    made, done = journey
    made.fill()
    made.cut_over()
    before = list(done)

    with pytest.raises(ProblemError, match="has begun or is over"):
        made.fill()
    assert done == before

    made.roll_back()
    made.fill()


def test_what_another_machine_switched_is_not_filled_upon(journey):
    made, done = journey
    made.endpoint.now = Side.NEW

    with pytest.raises(ProblemError, match="has begun or is over"):
        made.fill()

    assert done == []


def test_who_cannot_be_asked_yet_keeps_nothing_from_being_filled(journey, monkeypatch):
    made, done = journey

    def away(_place):
        raise ProblemError(Problem("host-unreachable", "front", {"detail": "x"}))

    monkeypatch.setattr(Place, "side", away)
    made.fill()

    assert done == ["fill db", "fill files"]


def test_only_the_filling_is_slowed_down(journey):
    made, _ = journey
    limits = []
    slow = Step("s", lambda pulse: limits.append(pulse.limit) or {})
    part = Thing("slow", [])
    part.fill, part.switch = lambda: [slow], lambda: [slow]
    made = replaced(journey=made, parts=[part])

    made.fill(5e6)
    made.cut_over()

    assert limits == [5e6, None]


def test_a_closed_gate_stops_before_people_notice(journey):
    made, done = filled(journey)
    closed = replaced(made, gates=(Gate("phê duyệt", lambda: "thiếu thủ trưởng"),))

    with pytest.raises(GateClosedError, match="thiếu thủ trưởng"):
        closed.cut_over()

    assert done == []
    assert made.endpoint.said == []


@pytest.mark.parametrize("how", ["differs", "fails"])
def test_what_fails_before_the_opening_is_taken_back(journey, how):
    made, done = filled(journey)
    setattr(made.parts[1], how, True)

    with pytest.raises(ProblemError) as caught:
        made.cut_over()

    assert caught.value.problems[0].key == "move-taken-back"
    assert made.endpoint.now is Side.OLD
    assert Side.NEW not in made.endpoint.said
    undone = [each.split(" ", 1)[1] for each in done if each.startswith("undo")]
    did = [each for each in done if not each.startswith("undo")]
    assert undone[-2:] == ["switch db", "freeze db"]
    assert set(did) <= set(undone)

    setattr(made.parts[1], how, False)
    made.cut_over()
    assert made.endpoint.now is Side.NEW


@pytest.mark.parametrize(
    ("error", "key", "words"),
    [
        (ConnectionError("API server away"), "move-taken-back", "ConnectionError: API server away"),
        (ZeroDivisionError(), "move-taken-back", "ZeroDivisionError"),
        (KeyboardInterrupt(), "move-stopped", "stopped by hand"),
    ],
)
def test_a_bug_a_broken_line_and_ctrl_c_are_taken_back_too(journey, error, key, words):
    made, done = filled(journey)
    made.parts[1].fails = error

    with pytest.raises(ProblemError, match=words) as caught:
        made.cut_over()

    assert [each.key for each in caught.value.problems] == [key]
    assert made.endpoint.now is Side.OLD
    assert done[-1] == "undo freeze db"
    failed = Journal(made.folder / made.name / "cut-over.jsonl").entries()
    assert [each.step for each in failed if each.event == "failed"] == ["files: switch"]


def test_when_taking_back_fails_too_it_is_said_and_the_same_command_goes_on(journey):
    made, _done = filled(journey)
    made.parts[1].fails = KeyboardInterrupt()
    point = made.endpoint.point
    made.endpoint.point = lambda side: point(side) if side is not Side.OLD else 1 / 0

    with pytest.raises(ProblemError, match="ZeroDivisionError") as caught:
        made.cut_over()

    assert caught.value.problems[0].key == "move-halfway"
    assert made.endpoint.now is Side.CLOSED
    made.parts[1].fails = False
    made.cut_over()
    assert made.endpoint.now is Side.NEW


def test_an_opening_that_could_not_be_taken_back_is_known_to_its_journals(journey):
    made, _done = filled(journey)
    point, falls = made.endpoint.point, iter([Side.CLOSED, Side.NEW])

    def stuck(side):
        """Be asked for the new side, refuse, and lead there all the same as it is taken back."""
        if side is Side.CLOSED and made.endpoint.now is Side.OLD:
            point(side)
            return
        made.endpoint.now = next(falls)
        raise ZeroDivisionError

    made.endpoint.point = stuck
    with pytest.raises(ProblemError, match="ZeroDivisionError") as caught:
        made.cut_over()
    assert (caught.value.problems[0].key, made.endpoint.now) == ("move-halfway", Side.NEW)

    made.endpoint.point = point
    made.cut_over()
    assert (made.endpoint.now, made.opened() is not None) == (Side.NEW, True)


def test_nothing_is_taken_back_once_people_were_let_in(journey):
    made, done = filled(journey)
    record = made.record

    def full(name, about, data):
        if name == "migration.done" and data["step"] == "open":
            raise OSError("disk full")
        record(name, about, data)

    with pytest.raises(ProblemError, match="disk full") as caught:
        replaced(made, record=full).cut_over()

    assert caught.value.problems[0].key == "move-halfway"
    assert made.endpoint.now is Side.NEW
    assert not [each for each in done if each.startswith("undo")]
    made.cut_over()
    assert made.opened() is not None


def test_what_is_not_filled_is_not_switched(journey):
    made, done = journey

    with pytest.raises(ProblemError, match="not everything was brought over"):
        made.cut_over()

    assert (done, made.endpoint.said) == ([], [])


def test_old_files_are_not_replaced_where_people_are_on_the_old_side(journey):
    made, done = filled(journey)

    for _ in range(2):
        with pytest.raises(ProblemError, match="people are on the old system"):
            made.roll_back()
    assert (done, made.endpoint.said) == ([], [])

    made.cut_over()
    made.roll_back()
    with pytest.raises(ProblemError, match="people are on the old system"):
        made.roll_back()


def test_journals_from_before_people_were_let_in_lead_nobody_away(journey, tmp_path):
    made, done = filled(journey)
    copies = [tmp_path / each for each in ("before", "within")]
    shutil.copytree(tmp_path / made.name, copies[0] / made.name)
    made.parts[1].does = lambda: shutil.copytree(tmp_path / made.name, copies[1] / made.name)
    made.cut_over()
    done.clear()
    made.endpoint.said.clear()

    for folder in copies:
        older = replaced(made, folder=folder)
        for act in (older.cut_over, older.roll_back):
            with pytest.raises(ProblemError, match="older than the last command"):
                act()

    assert (done, made.endpoint.said) == ([], [])
    made.roll_back()
    assert made.endpoint.now is Side.OLD


def test_agreement_taken_back_while_it_switches_leads_back(journey):
    made, done = filled(journey)
    lacking: list[str] = []
    made.parts[1].does = lambda: lacking.append("thủ trưởng rút phê duyệt")
    gated = replaced(made, gates=(agreed("phê duyệt", lambda: lacking),))

    with pytest.raises(ProblemError, match="rút phê duyệt") as caught:
        gated.cut_over()

    assert [each.key for each in caught.value.problems] == ["move-taken-back", "move-gate-closed"]
    assert made.endpoint.said == [Side.CLOSED, Side.OLD]
    assert done[-1] == "undo freeze db"


def test_a_second_person_is_kept_out_of_every_act(journey):
    made, _done = filled(journey)
    said = []

    def meanwhile():
        for act in (made.fill, made.cut_over, made.roll_back, made.finish):
            with pytest.raises(ProblemError) as caught:
                act()
            said.append(caught.value.problems[0].key)

    made.parts[1].does = meanwhile
    made.cut_over()

    assert said == ["move-held"] * 4
    assert made.endpoint.said == [Side.CLOSED, Side.NEW]


def test_back_with_what_was_written_and_over_again(journey):
    made, done = journey
    made.fill()
    made.cut_over()

    made.roll_back()

    assert done[-2:] == ["back files", "back db"]
    assert made.endpoint.now is Side.OLD
    made.cut_over()
    assert made.endpoint.now is Side.NEW
    made.roll_back()
    assert made.endpoint.now is Side.OLD


def test_after_the_finish_there_is_no_way_back(journey):
    made, done = journey
    with pytest.raises(ProblemError, match="people are not on the new system"):
        made.finish()
    made.fill()
    made.cut_over()
    made.finish()

    with pytest.raises(ProblemError, match="no way back"):
        made.roll_back()

    assert done[-2:] == ["finish db", "finish files"]
    assert made.endpoint.now is Side.NEW


def test_what_is_kept_beside_goes_only_after_the_end(journey):
    made, done = filled(journey)
    made.parts[0].release = lambda: [made.parts[0].step("release")]
    made.cut_over()

    with pytest.raises(ProblemError, match="way back is still open"):
        release(made)
    made.finish()
    done.clear()
    release(made)
    release(made)

    assert done == ["release db"]


def test_a_rehearsal_must_be_of_this_plan_passed_and_fresh():
    runs: list[Rehearsal] = []
    gate = rehearsed(lambda: runs, "plan-2", 7, lambda: NOW)

    assert gate.closed() == "this plan was not rehearsed"
    runs.append(Rehearsal(NOW - DAY, True, 20.0, "plan-1"))
    assert gate.closed() == "this plan was not rehearsed"
    runs.append(Rehearsal(NOW - DAY, False, 20.0, "plan-2"))
    assert "passed" in gate.closed()
    runs.append(Rehearsal(NOW - 8 * DAY, True, 20.0, "plan-2"))
    assert gate.closed() == "the last rehearsal is 8 days old"
    runs.append(Rehearsal(NOW - 6 * DAY, True, 30.0, "plan-2"))
    assert gate.closed() is None
    assert predicted(runs, "plan-2") == (20.0, 48.0)
    assert predicted(runs, "plan-3") is None


def test_time_lag_and_agreement_are_gates():
    tet = ((NOW - DAY, NOW + DAY),)

    assert in_window(NOW, NOW + DAY, (), lambda: NOW).closed() is None
    assert "window" in in_window(NOW, NOW + DAY, (), lambda: NOW + DAY).closed()
    assert "nothing may change" in in_window(NOW, NOW + DAY, tet, lambda: NOW).closed()
    assert lag_small("db", lambda: 10, 10).closed() is None
    assert lag_small("db", lambda: 11, 10).closed() == "db: 11 behind, at most 10"
    assert lag_small("db", lambda: None, 10).closed() == "db: nothing flows"
    assert agreed("approvals", lambda: ["head", "platform"]).closed() == "head, platform"
    assert agreed("approvals", list).closed() is None


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.headers["Host"] == "dvc.hanoi.gov.vn" else 404)
        self.end_headers()
        self.wfile.write("Dịch vụ công".encode())

    def log_message(self, *_: object) -> None:
        pass


def test_smoke_tests_ask_from_outside_and_say_what_is_wrong():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        good = SmokeTest(url=url, host="dvc.hanoi.gov.vn", contains=("Dịch vụ",), lacks=("lỗi",))
        assert smoke((good,)).good
        bad = (
            SmokeTest(url=url),
            SmokeTest(url=url, status=404, contains=("Céng",)),
            SmokeTest(url=url, status=404, lacks=("công",)),
            SmokeTest(url="http://127.0.0.1:1/"),
        )
        found = smoke(bad)
        server.shutdown()

    said = [each.where for each in found.differences]
    assert ["status 404" in said[0], "lacks 'Céng'" in said[1], "has 'công'" in said[2]] == [
        True
    ] * 3
    assert "ConnectError" in said[3]
    assert found.looked_at == 4
