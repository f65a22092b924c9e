"""Runs are kept whole or not at all, never change, and a damaged file is named with its line."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from policies.finding import Gate, Place, Target, Verdict
from policies.text import Text
from sen.assessment.run import new_id
from sen.assessment.seen import SystemId
from sen.assessment.store import Store, default_store
from sen.errors import MissingPartError
from stacks.problem import ProblemError
from tests.sen.assessment.finding_of import NOON, POD, ago, finding, run

OURS = SystemId("H26", "operations-centre")


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "kept")


def refused(call) -> tuple[str, str]:
    with pytest.raises(ProblemError) as caught:
        call()
    (problem,) = caught.value.problems
    return problem.key, problem.thing


def test_what_is_kept_comes_back_as_it_was(store):
    every = [
        finding(),
        finding(Verdict.FAIL, message=Text(vi="khác hẳn", en="another")),
        finding(Verdict.UNDETERMINED, unknown=("spec.a",), place=Place("a.yaml", 2)),
        finding(Verdict.WAIVED, waiver="W-1", evidence="PermitRootLogin no"),
    ]

    store.save(run(), every)

    assert list(store.findings("run-1")) == every
    assert store.runs() == (run(),)
    assert store.run("run-1") == run()


def test_a_file_is_private_and_what_findings_share_is_written_once(store):
    path = store.save(run(), [finding() for _ in range(50)])

    text = path.read_text("utf-8")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert text.count("ảnh không ghi mã băm") == 1
    assert len(text.splitlines()) == 1 + 1 + 50 + 1


def test_a_run_is_never_replaced(store):
    store.save(run(), [finding()])

    assert refused(lambda: store.save(run(), [])) == ("report-run-twice", "run-1")
    assert list(store.findings("run-1")) == [finding()]


def test_a_gate_that_breaks_off_leaves_nothing(store):
    def broken():
        yield finding()
        raise ValueError("the gate broke off")

    with pytest.raises(ValueError, match="broke off"):
        store.save(run(), broken())

    assert list(store.folder.iterdir()) == []
    assert store.runs() == ()


def test_writers_at_once_do_not_disturb_one_another(store):
    names = [f"run-{number}" for number in range(24)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: store.save(run(name), [finding()] * 30), names))

    assert {each.id for each in store.runs()} == set(names)
    assert all(len(list(store.findings(name))) == 30 for name in names)


def test_of_two_writers_of_one_run_one_is_refused(store):
    def save(_):
        try:
            store.save(run(), [finding()])
        except ProblemError:
            return "refused"
        return "kept"

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(save, range(4)))

    assert said == ["kept", "refused", "refused", "refused"]


def damage(path: Path, line: int, text: str) -> None:
    lines = path.read_text("utf-8").splitlines()
    lines[line - 1] = text
    path.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (2, "{"),
        (2, '{"said": 0}'),
        (3, "[]"),
        (3, '{"finding": 7}'),
        (3, '{"finding": 0, "target": {}}'),
    ],
)
def test_a_damaged_line_is_named(store, line, text):
    path = store.save(run(), [finding()])
    damage(path, line, text)

    said = refused(lambda: list(store.findings("run-1")))

    assert said == ("report-damaged", f"run-1.jsonl:{line}")


def test_a_cut_file_is_noticed(store):
    path = store.save(run(), [finding(), finding(Verdict.FAIL)])
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")

    assert refused(lambda: list(store.findings("run-1")))[0] == "report-damaged"


def test_a_line_taken_out_is_noticed(store):
    path = store.save(run(), [finding(), finding(Verdict.FAIL)])
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:2] + lines[3:]), "utf-8")

    assert refused(lambda: list(store.findings("run-1")))[0] == "report-damaged"


def test_a_line_written_after_the_end_is_noticed(store):
    path = store.save(run(), [finding()])
    path.write_text(path.read_text("utf-8") + '{"end": 4}\n', "utf-8")

    assert refused(lambda: list(store.findings("run-1"))) == ("report-damaged", "run-1.jsonl:5")


@pytest.mark.parametrize(
    "head",
    [
        {"format": "other", "run": run().record()},
        {"format": "sen-assessment-1", "run": {**run().record(), "gate": "window"}},
        {"format": "sen-assessment-1", "run": {**run().record(), "ended": "2026-11-22T12:00:00"}},
        {"format": "sen-assessment-1"},
    ],
)
def test_a_wrong_head_is_named(store, head):
    path = store.save(run(), [])
    damage(path, 1, json.dumps(head))

    assert refused(store.runs) == ("report-damaged", "run-1.jsonl:1")


@pytest.mark.parametrize("name", ["run-2", "../run-1", "", "a/b", "RUN"])
def test_a_run_that_is_not_kept_is_unknown(store, name):
    store.save(run(), [])

    assert refused(lambda: store.run(name)) == ("report-run-unknown", name)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(MissingPartError) as caught:
        Store(tmp_path / "file" / "kept").save(run(), [])

    assert caught.value.problems[0].key == "report-store"


def test_the_usual_store_lies_in_the_state_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path))

    assert default_store().folder == tmp_path / "sen" / "assessment"


def test_ids_of_runs_sort_by_time_and_differ():
    first, second = new_id(Gate.LIVE, ago(1)), new_id(Gate.LIVE, NOON)

    assert first < second
    assert new_id(Gate.LIVE, NOON) != second


def test_a_system_sees_its_own_objects_and_the_platforms(store):
    mine = finding()
    shared = finding(target=Target("host", "node-1"), rule="b")
    other = finding(target=Target("/Pod", "x", "y", "H17", "operations-centre"), rule="c")
    nobody = finding(target=Target("/Pod", "x", "y", "H26"), rule="d")
    store.save(run(), [mine, shared, other, nobody])

    latest = store.latest(OURS)

    assert {each.finding.rule for each in latest["TCVN14423/SW-04"]} == {"image-by-digest", "b"}
    assert len(store.latest()["TCVN14423/SW-04"]) == 4


def test_a_newer_run_of_the_same_scope_replaces_the_older(store):
    gone = finding(target=Target("/Pod", "old", POD.namespace, "H26", "operations-centre"))
    store.save(run("one", ended=ago(3)), [gone])
    store.save(run("two", ended=ago(2), scope="namespace x"), [finding()])
    store.save(run("three", ended=ago(1)), [finding(rule="b")])

    (only,) = store.latest(OURS)["TCVN14423/SW-04"]

    assert only.run.id == "three"
    assert store.latest(OURS, ago(2.5))["TCVN14423/SW-04"][0].run.id == "one"
    assert store.latest(OURS, ago(9)) == {}


def test_runs_of_other_scopes_stand_beside_one_another(store):
    store.save(run("one", ended=ago(3), scope="namespace a"), [finding(rule="a")])
    store.save(run("two", ended=ago(2), scope="namespace b"), [finding(rule="b")])
    store.save(run("three", gate=Gate.PLAN, scope="cluster"), [finding(rule="c", gate=Gate.PLAN)])

    assert {each.run.id for each in store.latest()["TCVN14423/SW-04"]} == {"one", "two", "three"}


def test_what_was_observed_goes_before_what_is_meant(store):
    live = finding(Verdict.FAIL, seen_at=ago(5))
    plan = finding(Verdict.PASS, gate=Gate.PLAN, seen_at=ago(1))
    store.save(run("one", ended=ago(5)), [live])
    store.save(run("two", ended=ago(1), gate=Gate.PLAN), [plan])

    (only,) = store.latest()["TCVN14423/SW-04"]

    assert only.finding == live
