"""A wave says who runs it; another machine keeps away from it as long as it is heard of."""

from __future__ import annotations

import copy
import datetime as dt
import threading

import pytest

from sen.errors import MissingPartError
from sen.local.files import private_folder
from sen.migration.running import (
    RENEWED,
    ElsewhereError,
    Turn,
    place_of,
    run_of,
    running,
    said_of,
)
from stacks.models.objects.wave import FRESH
from stacks.problem import Problem, ProblemError
from tests.sen.migration.moved import PEOPLE, order

NOW = dt.datetime(2026, 11, 22, 13, 0, tzinfo=dt.UTC)
PATIENCE_SECONDS = 30
OFTEN = dt.timedelta(milliseconds=1)
AWAY = MissingPartError(Problem("cluster-unreachable", "c", {"why": "MaxRetryError"}))


class Board:
    """Waves in memory, with versions and the clock of their server."""

    def __init__(self) -> None:
        self.things: dict = {}
        self.now = NOW
        self.fails: Exception | None = None
        self.before = lambda: None
        self.written = threading.Event()

    def read(self, name):
        if self.fails:
            raise self.fails
        return (copy.deepcopy(self.things[name]), self.now) if name in self.things else None

    def put(self, name, spec):
        self.things[name] = {"metadata": {"resourceVersion": "1"}, "spec": spec, "status": {}}

    def run(self, name, version, run):
        before, self.before = self.before, lambda: None
        before()
        thing = self.things[name]
        if thing["metadata"]["resourceVersion"] != version:
            return False
        self.touch(name)
        thing["status"]["run"] = run.model_dump(mode="json") if run else None
        self.written.set()
        return True

    def touch(self, name="w1"):
        """Let somebody change something else of the object."""
        meta = self.things[name]["metadata"]
        meta["resourceVersion"] = str(int(meta["resourceVersion"]) + 1)

    @property
    def said(self):
        return run_of(self.things["w1"])


@pytest.fixture
def board():
    return Board()


@pytest.fixture
def turn(board, tmp_path):
    """Give turns of a machine's commands; a machine is its folder of journals."""

    def made(machine="may-a", command="fill", by=PEOPLE[0]):
        return Turn(board, order(), private_folder(tmp_path / machine), by, command)

    return made


def test_the_object_says_who_runs_what_since_when_and_no_more_when_it_has_ended(board, turn):
    with turn().held():
        said = board.said
        assert (said.by, said.command, said.since, said.seen) == (PEOPLE[0], "fill", NOW, NOW)
        assert [each.id for each in board.things["w1"]["spec"].systems] == ["ho-tich"]
    assert board.said is None


def test_a_command_that_fails_runs_no_more(board, turn):
    with pytest.raises(ZeroDivisionError), turn().held():
        raise ZeroDivisionError
    assert board.said is None


def test_another_machine_is_refused_until_the_killed_one_was_not_heard_of_for_two_minutes(
    board, turn
):
    turn("may-a", "cutover").take()
    board.now = NOW + FRESH - RENEWED

    with pytest.raises(ElsewhereError) as refused, turn("may-b").held():
        pytest.fail("it must not run")
    for lang in ("en", "vi"):
        assert f"{PEOPLE[0]}" in refused.value.problems[0].text(lang)
        assert "sen migrate cutover" in refused.value.problems[0].text(lang)
    assert board.said.command == "cutover"

    board.now = NOW + FRESH
    assert running(board.things["w1"], board.now) is None
    with turn("may-b").held():
        assert board.said.command == "fill"


def test_people_are_told_who_runs_it_and_for_how_long_no_sign_came(board, turn, monkeypatch):
    turn("may-a", "cutover").take()
    thing = board.things["w1"]

    for lang, runs, silent in (
        ("en", f"cutover by {PEOPLE[0]} on ", "no sign for 7 min of cutover by "),
        ("vi", f"{PEOPLE[0]} đang chạy cutover trên máy ", "7 phút không có tín hiệu"),
    ):
        monkeypatch.setenv("SEN_LANG", lang)
        assert said_of(thing, NOW + FRESH - RENEWED).startswith(runs)
        assert said_of(thing, NOW + dt.timedelta(minutes=7.9)).startswith(silent)
    assert said_of({"status": {}}, NOW) == ""


def test_of_two_who_begin_at_once_one_is_refused(board, turn):
    first, second = turn("may-a"), turn("may-b", "rollback")
    board.put("w1", None)
    board.before = second.take

    with pytest.raises(ElsewhereError):
        first.take()

    assert board.said.command == "rollback"


def test_a_change_of_something_else_meanwhile_refuses_nobody(board, turn):
    board.put("w1", None)
    board.before = board.touch

    turn().take()

    assert board.said.command == "fill"


def test_while_it_runs_it_is_heard_of(board, turn):
    with turn().held(OFTEN):
        board.now = NOW + dt.timedelta(days=1)
        board.written.clear()
        assert board.written.wait(PATIENCE_SECONDS)
        board.written.clear()
        assert board.written.wait(PATIENCE_SECONDS)
        said = board.said
        assert (said.since, said.seen) == (NOW, board.now)


def test_commands_of_one_machine_share_its_turn(board, turn):
    first, second = turn(command="fill"), turn(command="verify")
    with first.held():
        with second.held():
            first.take()
            assert board.said.command == "verify"
        assert board.said.command == "verify", "the first still runs: other machines keep away"
        with pytest.raises(ElsewhereError):
            turn("may-b").take()
        board.now = NOW + 2 * RENEWED
        first.take()
        assert board.said.command == "fill"
    assert board.said is None


def test_what_has_ended_is_not_written_again(board, turn):
    one = turn()
    with one.held():
        pass
    one.take()
    assert board.said is None


def test_a_machine_does_not_take_anothers_run_away(board, turn):
    late = turn("may-a")
    late.take()
    board.now = NOW + FRESH
    turn("may-b", "rollback").take()

    late.leave()

    assert board.said.command == "rollback"


def test_who_was_not_heard_of_is_told_that_another_machine_has_begun(board, turn, capsys):
    late = turn("may-a")
    late.take()
    board.now = NOW + FRESH
    turn("may-b", "rollback").take()

    late._renew(OFTEN)  # ends by itself

    assert "sen migrate rollback" in capsys.readouterr().err
    assert board.said.command == "rollback"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AWAY, "MissingPartError"),
        (ZeroDivisionError(), "ZeroDivisionError"),
        (ProblemError(Problem("wave-no-kind", "c")), ""),
    ],
)
def test_without_the_api_server_the_move_goes_on_and_says_so(board, turn, capsys, error, said):
    board.fails = error
    went = []

    with turn().held():
        went.append("on")

    assert went == ["on"]
    err = capsys.readouterr().err
    assert said in err
    assert bool(err) is bool(said)


def test_when_the_api_server_answers_again_the_run_is_told(board, turn, capsys):
    board.fails = AWAY
    with turn().held(OFTEN):
        board.fails = None
        assert board.written.wait(PATIENCE_SECONDS)
        assert board.said.command == "fill"
    assert "MissingPartError" in capsys.readouterr().err


def test_an_object_that_cannot_be_made_stops_nothing(board, turn, capsys, monkeypatch):
    monkeypatch.setattr(board, "put", lambda *_: None)

    with turn().held():
        pass

    assert "RuntimeError" in capsys.readouterr().err


def test_a_place_keeps_its_name_and_another_has_another(tmp_path):
    one, two = (private_folder(tmp_path / each) for each in ("a", "b"))

    assert place_of(one) == place_of(one)
    assert place_of(one) != place_of(two)
    assert len(list(one.iterdir())) == 1
