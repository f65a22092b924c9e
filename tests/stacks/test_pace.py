"""A program registers a few at a time, every one of them, and without the SDK's debug log."""

from __future__ import annotations

import pulumi
import pytest

from stacks.pace import AT_ONCE, leave_debug_log_off, paced
from tests.cloud import Cloud

MANY = 3 * AT_ONCE + 1


@pytest.fixture
def debug(monkeypatch):
    """Give the SDK's own log back after the test; no wish for it in the environment."""
    said: list[object] = []
    monkeypatch.setattr(pulumi.log, "debug", lambda *words, **_: said.append(words))
    for name in ("SEN_DEBUG", "PULUMI_DEBUG_COMMANDS"):
        monkeypatch.delenv(name, raising=False)
    return said


def test_the_debug_log_is_dropped(debug):
    leave_debug_log_off()

    pulumi.log.debug("words", resource=None)
    assert debug == []


@pytest.mark.parametrize("name", ["SEN_DEBUG", "PULUMI_DEBUG_COMMANDS"])
def test_who_asks_for_the_debug_log_has_it(debug, monkeypatch, name):
    monkeypatch.setenv(name, "1")

    leave_debug_log_off()

    pulumi.log.debug("words")
    assert debug == [("words",)]


def test_each_one_is_built_and_counted():
    def program():
        pulumi.export("count", paced(thing, range(MANY)))

    plan = Cloud().plan(program)

    assert set(plan) == {f"sen:test:Thing::{number}" for number in range(MANY)}
    assert plan.exports == {"count": MANY}


def test_a_window_of_them_is_under_way_at_most():
    """Twice the window, for a registration is noted a little after the next one may begin."""
    begun, done, under_way = [], [], []

    def build(number):
        begun.append(number)
        under_way.append(len(begun) - len(done))
        (one,) = thing(number)
        one.urn.apply(done.append)
        return [one]

    Cloud().plan(lambda: pulumi.export("count", paced(build, range(MANY))))

    assert len(begun) == MANY
    assert max(under_way) <= 2 * AT_ONCE < MANY


def test_a_failure_of_one_is_the_programs_failure():
    def build(number):
        if number == AT_ONCE:
            raise pulumi.RunError("no room")
        return thing(number)

    with pytest.raises(pulumi.RunError, match="no room"):
        Cloud().plan(lambda: pulumi.export("count", paced(build, range(MANY))))


def test_nothing_to_build_is_a_count_of_none():
    assert Cloud().plan(lambda: pulumi.export("count", paced(thing, ()))).exports == {"count": 0}


def thing(number):
    return [pulumi.CustomResource("sen:test:Thing", str(number), {})]
