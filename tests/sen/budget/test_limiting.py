"""A limit that contradicts nothing is recorded, then written; every other is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sen.budget.limiting import (
    NOT_SHARED,
    Change,
    body_of,
    changes_nothing,
    refusals,
    said,
    set_limits,
)
from sen.evidence import Act
from stacks.models.agency import agencies
from stacks.models.ledger import Grant, Ledger, Limit
from stacks.models.objects.agency import AgencySpec
from stacks.problem import ProblemError
from tests.sen.budget.objects import QUOTA, agency

BOOK = agencies()
PARENTS = {"H26": None, "H26.1": "H26", "H26.1.1": "H26.1"}
LEDGER = Ledger(
    PARENTS,
    (Limit("H26", {"cpu": 10, "vnd-2026": 100}), Limit("H26.1.1", {"cpu": 4})),
    (Grant("a", "H26.1.1", {"cpu": 3, "vnd-2026": 60}), Grant("b", "H26", {"vnd-2026": 20})),
)
ACT = Act("budget.set", "an", "H26", {})


def keys(code, **amounts):
    change = Change(code, {what.replace("_", "-"): each for what, each in amounts.items()})
    return [each.key for each in refusals(change, LEDGER)]


def test_less_than_what_is_granted_under_it_is_refused():
    assert keys("H26", vnd_2026=80) == []
    assert keys("H26", vnd_2026=79) == ["budget-below-granted"]
    (problem,) = refusals(Change("H26", {"vnd-2026": 79}), LEDGER)
    assert problem.thing == "H26"
    assert "79 of vnd-2026 are less than what is granted already: 80" in problem.text()


def test_more_than_any_above_may_have_is_refused():
    assert keys("H26.1", cpu=10) == []
    assert keys("H26.1", cpu=11) == ["budget-above-parent"]
    assert keys("H26.1.1", cpu=11) == ["budget-above-parent"], "the nearest above has no limit"


def test_less_than_any_below_may_have_is_refused():
    assert keys("H26", cpu=4) == []
    assert keys("H26", cpu=3) == ["budget-below-child"]
    assert keys("H26", cpu=2) == ["budget-below-granted", "budget-below-child"]


def test_what_the_other_does_not_limit_is_free():
    assert keys("H26.1.1", vnd_2027=10**15) == []


@settings(deadline=None)
@given(st.sampled_from(sorted(PARENTS)), st.integers(0, 20))
def test_what_is_not_refused_keeps_the_hierarchy_sound(code, cpu):
    change = Change(code, {"cpu": cpu})
    limits = {each.agency: dict(each.amounts) for each in LEDGER.limits}
    limits.setdefault(code, {})["cpu"] = cpu
    after = Ledger(PARENTS, tuple(Limit(*each) for each in limits.items()), LEDGER.grants)
    sound = all(line.left >= 0 for line in after.lines() if line.what == "cpu")
    falling = [limits[node]["cpu"] for node in PARENTS if "cpu" in limits.get(node, {})]

    assert (refusals(change, LEDGER) == ()) == (sound and falling == sorted(falling)[::-1])


def test_an_agency_without_an_object_gets_one_from_the_book():
    body = body_of(Change("H26.00070", {"vnd-2026": 5}), BOOK.get("H26.00070"), None)

    assert body["metadata"] == {"name": "h26.00070"}
    assert (body["spec"]["code"], body["spec"]["parent"]) == ("H26.00070", "H26")
    assert body["spec"]["budgets"] == [{"year": 2026, "vnd": 5}]
    assert "quota" not in body["spec"]
    AgencySpec.model_validate(body["spec"])
    assert "parent" not in body_of(Change("H26", {"vnd-2026": 5}), BOOK.get("H26"), None)["spec"]


def test_what_is_not_named_stays():
    there = agency(
        quota={"cpu": 9, **QUOTA},
        budgets=[{"year": 2027, "vnd": 7}, {"year": 2026, "vnd": 6}],
        groups={"heads": ["h26-heads"]},
    )
    there["metadata"] |= {"name": "hanoi", "resourceVersion": "12"}

    body = body_of(Change("H26", {"vnd-2026": 8, "cpu": 3}), BOOK.get("H26"), there)

    assert body["metadata"] == {"name": "hanoi", "resourceVersion": "12"}
    assert body["spec"]["budgets"] == [{"year": 2026, "vnd": 8}, {"year": 2027, "vnd": 7}]
    assert body["spec"]["quota"] == {"cpu": 3, **QUOTA}
    assert "groups" not in body["spec"], "groups belong to whoever wrote them"
    assert not changes_nothing(body, there)
    assert changes_nothing(body, {"spec": {**body["spec"], "groups": {}}})


def test_a_first_quota_is_whole():
    whole = {"cpu": 1, "memory_gib": 2, "storage_gib": 3}
    body = body_of(Change("H26", whole), BOOK.get("H26"), None)

    assert body["spec"]["quota"] == {
        **whole,
        **dict.fromkeys(("pods", "services", "volumes"), NOT_SHARED),
    }
    with pytest.raises(ProblemError, match="--storage-gib together"):
        body_of(Change("H26", {"cpu": 1, "memory_gib": 2}), BOOK.get("H26"), None)


def test_an_object_that_breaks_its_own_rules_is_not_written_again():
    there = agency(budgets=[{"year": 1999, "vnd": 1}])
    there["metadata"]["resourceVersion"] = "1"

    with pytest.raises(ProblemError, match="Agency/H26: this is not counted"):
        body_of(Change("H26", {"vnd-2026": 1}), BOOK.get("H26"), there)


def test_a_record_says_what_was_before():
    there = agency(budgets=[{"year": 2026, "vnd": 6}])

    assert said(Change("H26", {"vnd-2026": 8, "cpu": 3}), there) == {
        "limits": {"vnd-2026": 8, "cpu": 3},
        "before": {"vnd-2026": 6, "cpu": None},
    }
    assert said(Change("H26", {"cpu": 3}), None)["before"] == {"cpu": None}


def test_it_is_recorded_before_it_is_done():
    done = []

    set_limits({}, ACT, lambda act: done.append(act.name), lambda _: done.append("written"))

    assert done == ["budget.set", "written"]


def test_what_cannot_be_recorded_is_not_done():
    def full(_):
        raise OSError

    done = []
    with pytest.raises(OSError):  # noqa: PT011 - the error is the test's own
        set_limits({}, ACT, full, done.append)

    assert done == []
