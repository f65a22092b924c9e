"""What is ordered is what is carried out, and how it went comes back whole."""

from __future__ import annotations

import dataclasses
import gzip
import json

import pytest

from sen.errors import MissingPartError, RefusedError
from sen.operator.carrying import refuse_losses, written
from sen.operator.order import Order, program_version
from sen.operator.outcome import LONGEST_BYTES, Outcome, changes_of, failed
from stacks.problem import Problem, ProblemError


def order(**changed):
    given = {
        "id": "a" * 32,
        "stack": "tenants-h26-dev",
        "agency": "H26",
        "cluster": "local",
        "requests": {"h26-portal-staging.yaml": {"agency": "H26", "tên": "Cổng"}},
    }
    return Order(**{**given, **changed}).sealed()


def test_order_travels_whole():
    assert Order.unpacked(order(leaving=("h26-old-staging",)).packed()) == order(
        leaving=("h26-old-staging",)
    )


@pytest.mark.parametrize(
    "changed", [{"requests": {}}, {"stack": "tenants-h29-dev"}, {"leaving": ["h26-x-staging"]}]
)
def test_order_that_somebody_changed_is_refused(changed):
    content = {**dataclasses.asdict(order()), **changed}

    with pytest.raises(ProblemError) as caught:
        Order.unpacked(gzip.compress(json.dumps(content).encode()))

    assert caught.value.problems[0].key == "run-order-changed"


@pytest.mark.parametrize(
    "data",
    [b"", b"text", gzip.compress(b"[]", mtime=0), gzip.compress(b"{}", mtime=0)],
    ids=range(4),
)
def test_what_is_no_order_is_refused(data):
    with pytest.raises(ProblemError, match="cannot be read"):
        Order.unpacked(data)


def test_plan_is_the_same_for_the_same_content_whatever_the_run():
    assert order().plan == order(id="b" * 32, alone=True).plan
    assert order().plan != order(requests={}).plan


def test_program_version_follows_the_program_and_not_the_settings(tmp_path):
    packs = "policies/PulumiPolicy.yaml"  # the image leaves a line of it out
    for name in ("stacks/config/a.yaml", "stacks/layers/b.py", "policies/rule.yaml", packs):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    version = program_version.__wrapped__
    first = version(tmp_path)
    (tmp_path / "stacks/config/a.yaml").write_text("2")
    (tmp_path / packs).write_text("2")

    assert version(tmp_path) == first
    (tmp_path / "policies/rule.yaml").write_text("2")
    assert version(tmp_path) != first


def test_folder_holds_what_is_ordered_and_nothing_else(tmp_path):
    (tmp_path / "h26-gone-staging.yaml").write_text("{}")

    assert written(order(), tmp_path) == [tmp_path]
    assert [each.name for each in tmp_path.iterdir()] == ["h26-portal-staging.yaml"]
    assert written(order(requests={}), tmp_path) == []
    assert not tmp_path.exists()


def test_run_that_would_lose_a_tenant_is_refused_unless_it_may_leave():
    built = {
        "approved-h26/h26-portal-staging.yaml": "h26-portal-staging",
        "approved-h26/h26-old-staging.yaml": "h26-old-staging",
        "demo/h26-demo.yaml": "h26-demo-staging",
    }

    with pytest.raises(ProblemError, match="nobody ended: h26-old-staging;"):
        refuse_losses(order(), built)
    refuse_losses(order(leaving=("h26-old-staging",)), built)


def test_outcome_comes_back_as_the_error_that_it_was():
    error = RefusedError(Problem("run-failed", "s", {"stack": "s", "said": "lỗi"}))
    found = Outcome.read(failed("r", "p", 1.5, error).line())

    with pytest.raises(RefusedError, match="lỗi"):
        found.check()
    assert (found.run, found.plan, found.word) == ("r", "p", "failed")
    Outcome("r", "p", 1.0).check()


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (RefusedError(Problem("run-locked", "s", {"stack": "s"})), "locked"),
        (RefusedError(Problem("run-interrupted", "s", {"stack": "s"})), "stopped"),
        (MissingPartError(Problem("run-unreachable", "s", {"stack": "s"})), "failed"),
    ],
)
def test_outcome_is_one_of_few_words(error, word):
    assert failed("r", "p", 0.1, error).word == word


def test_outcome_fits_where_kubernetes_keeps_it_and_keeps_the_end_of_the_words():
    problems = [
        Problem("run-failed", "s", {"stack": "s", "said": "đ" * 9000 + "the cause"}) for _ in "ab"
    ]
    line = failed("r", "p", 1.0, RefusedError(*problems)).line(LONGEST_BYTES)

    assert len(line.encode()) <= LONGEST_BYTES
    assert Outcome.read(line).problems[0]["values"]["said"].endswith("the cause")


@pytest.mark.parametrize("line", ["", "text", "[]", "{}", '{"run":1,"plan":1,"seconds":1,"x":1}'])
def test_what_is_no_outcome_is_told(line):
    with pytest.raises(ValueError, match=r"outcome|Expecting"):
        Outcome.read(line)


def test_counts_are_read_from_the_end_of_what_pulumi_says():
    said = "x\nResources:\n    + 14 created\n    ~ 1 updated\n    2 changes. 16 unchanged\n\nDone"

    assert changes_of(said.splitlines()) == {"created": 14, "updated": 1, "unchanged": 16}
