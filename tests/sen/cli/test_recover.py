"""`sen recover` tells what it found, and ends with 1 while strays are left."""

from __future__ import annotations

import json

import pytest

from sen.cli import recover as module
from sen.errors import RefusedError
from sen.runs.cluster import Found
from sen.runs.recover import Recovery
from stacks.problem import Problem

pytestmark = pytest.mark.toolchain
STACK = "tenants-h26-quietdev"
STRAY = Found("v1", "Namespace", "h26-old-staging", None)


@pytest.fixture
def found(monkeypatch):
    """Play the recovery's part, and keep what it was asked."""
    asked = []

    def play(*strays):
        def recover(platform, stack, *, prune):
            asked.append((platform.name, stack.name, prune))
            return Recovery(stack.name, True, 3, 9, strays, len(strays) if prune else 0)

        monkeypatch.setattr(module, "recover", recover)
        return asked

    return play


def test_a_whole_recovery_ends_well(sen, quiet_platform, found):
    asked = found()

    said = sen("recover", STACK, "--name", "quiet", "-o", "json")

    assert said.code == 0
    assert json.loads(said.out) == [
        {
            "stack": STACK,
            "unlocked": True,
            "known_before": 3,
            "known_after": 9,
            "strays": [],
            "pruned": 0,
        }
    ]
    assert asked == [("quiet", STACK, False)]


def test_strays_are_told_and_are_a_finding(sen, quiet_platform, found):
    found(STRAY)

    said = sen("recover", STACK, "--name", "quiet")

    assert said.code == 1
    assert "v1/Namespace:h26-old-staging" in said.out


def test_strays_that_went_are_none(sen, quiet_platform, found):
    asked = found(STRAY)

    said = sen("recover", STACK, "--name", "quiet", "--prune")

    assert said.code == 0
    assert asked == [("quiet", STACK, True)]


def test_a_run_at_work_is_a_refusal(sen, quiet_platform, monkeypatch):
    def refuse(*_, **__):
        raise RefusedError(
            Problem("run-alive", STACK, {"stack": STACK, "pid": 7, "host": "elsewhere"})
        )

    monkeypatch.setattr(module, "recover", refuse)

    said = sen("recover", STACK, "--name", "quiet")

    assert (said.code, said.out) == (1, "")
    assert "process id 7 on elsewhere" in said.err


def test_a_stack_has_to_be_named(sen):
    assert sen("recover").code == 2
