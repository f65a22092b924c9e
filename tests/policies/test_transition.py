"""A new rule warns in old namespaces until its day, and refuses in new ones at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.finding import Gate
from policies.gates.admission_cel import variables
from policies.gates.admission_group import groups
from policies.gates.planned import PlanGate
from policies.judge import Judge
from policies.rule import Action, Rule, Transition
from policies.subject import Subject
from policies.surroundings import Surroundings
from tests.policies.homes import rule_like
from tests.policies.proxies import resource, stack

SINCE, UNTIL = date(2026, 12, 1), date(2027, 3, 1)
BEFORE, BETWEEN = date(2026, 11, 1), date(2027, 1, 1)
DAY = timedelta(1)
DAYS = st.dates(date(2026, 1, 1), date(2028, 1, 1))
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web", "namespace": "h26-portal-staging"},
    "spec": {"type": "NodePort"},
}


def new(**levels: str) -> Rule:
    return rule_like(
        "no-public-service",
        transition=Transition(since=SINCE, deny_from=UNTIL),
        levels={key.strip("l").replace("_", "-"): each for key, each in levels.items()},
    )


RULE = new(l1="off", l2="warn", l3_5="deny")


def home(made: date | None, level: int = 3) -> dict[str, object]:
    metadata: dict[str, object] = {
        "name": "h26-portal-staging",
        "labels": {"sen.gov.vn/level": str(level)},
    }
    if made:
        metadata["creationTimestamp"] = f"{made}T08:00:00Z"
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def by_plan(made: date | None, day: date, level: int = 3, rule: Rule = RULE) -> Action:
    """Ask as Pulumi does: the resource first, the namespace only with the whole plan."""
    gate = PlanGate(Judge([rule], lambda: day), day=day)
    gate.resource(resource(SERVICE))
    found = gate.everything(gate.stack(stack(home(made, level), SERVICE).resources))
    (action,) = {each.action for each in found}
    return action


def by_listing(made: date | None, day: date, level: int = 3) -> Action:
    around = Surroundings([home(made, level)], complete=True)
    (found,) = Judge([RULE], lambda: day).findings(around.subject(SERVICE), Gate.LIVE)
    return found.action


CASES = {
    "old namespace before the day": (BEFORE, UNTIL - DAY, 3, Action.WARN),
    "old namespace on the day": (BEFORE, UNTIL, 3, Action.DENY),
    "namespace of the last old day": (SINCE - DAY, BETWEEN, 3, Action.WARN),
    "namespace of the first new day": (SINCE, BETWEEN, 3, Action.DENY),
    "namespace that is about to be made": (None, BETWEEN, 3, Action.DENY),
    "level that only warns": (BEFORE, UNTIL, 2, Action.WARN),
    "level that asks nothing": (BEFORE, BETWEEN, 1, Action.OFF),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("gate", [by_plan, by_listing])
def test_action(gate, case):
    made, day, level, action = CASES[case]

    assert gate(made, day, level) is action


@given(made=DAYS, day=DAYS)
def test_action_of_any_days_is_the_same_at_both_gates(made, day):
    spared = made < SINCE and day < UNTIL

    assert by_plan(made, day) is by_listing(made, day) is (Action.WARN if spared else Action.DENY)


def test_rule_of_all_levels_waits_for_the_namespace_too():
    assert by_plan(BEFORE, BETWEEN, rule=new(l1_5="deny")) is Action.WARN


def test_namespace_that_nobody_has_seen_counts_as_new():
    (found,) = Judge([RULE], lambda: BETWEEN).findings(Subject(SERVICE, 3), Gate.PLAN)

    assert found.action is Action.DENY


def test_warning_does_not_stop_and_refusal_does():
    spared, refused = (
        Judge([RULE], lambda: BETWEEN).findings(
            Surroundings([home(made)], complete=True).subject(SERVICE), Gate.LIVE
        )[0]
        for made in (BEFORE, SINCE)
    )

    assert (spared.blocks, refused.blocks) == (False, True)


def test_rule_that_only_refuses_still_has_a_policy_that_warns():
    found = {each.action: variables(each) for each in groups([new(l1_5="deny")])}

    assert set(found) == {Action.DENY, Action.WARN}
    assert all("2027-03-01" in " ".join(each.values()) for each in found.values())
