"""A program registers a few at a time, every one of them, and without the SDK's debug log."""

from __future__ import annotations

import asyncio

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
    built = []

    async def build(number):
        built.append(number)

    plan = Cloud().plan(lambda: pulumi.export("count", paced(build, range(MANY))))

    assert built == list(range(MANY))
    assert plan.exports == {"count": MANY}


def test_a_window_of_them_is_under_way_and_no_more():
    under_way, most = set(), []

    async def build(number):
        under_way.add(number)
        most.append(len(under_way))
        await asyncio.sleep(0)
        under_way.remove(number)

    Cloud().plan(lambda: pulumi.export("count", paced(build, range(MANY))))

    assert max(most) == AT_ONCE


def test_a_failure_of_one_is_the_programs_failure():
    async def build(number):
        if number == AT_ONCE:
            raise pulumi.RunError("no room")

    with pytest.raises(pulumi.RunError, match="no room"):
        Cloud().plan(lambda: pulumi.export("count", paced(build, range(MANY))))


def test_nothing_to_build_is_a_count_of_none():
    async def build(number):
        raise AssertionError(number)

    assert Cloud().plan(lambda: pulumi.export("count", paced(build, ()))).exports == {"count": 0}
