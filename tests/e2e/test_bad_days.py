"""When parts fail or input is wrong: the message says what to do, and nothing is half-applied."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import psutil
import pytest

from sen import local
from sen.errors import MissingPartError, RefusedError
from sen.local.platform import Platform
from sen.runs.recover import known, recover
from sen.runs.settings import config_file
from stacks.problem import ProblemError
from tests.e2e.conftest import Shard, Tenants

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]


def test_a_wrong_passphrase_changes_nothing(shard: Shard) -> None:
    hanoi = shard("H26")
    hanoi.ask("portal")
    wrong = dataclasses.replace(
        hanoi.stack,
        variables={**hanoi.stack.variables, "PULUMI_CONFIG_PASSPHRASE": "not the one"},
    )

    with pytest.raises(ProblemError) as refused:
        wrong.up()

    assert refused.value.problems[0].key == "run-passphrase"
    assert refused.value.exit_code == 2
    assert known(hanoi.stack) == frozenset()


def test_the_whole_of_a_wrong_folder_is_refused(shard: Shard) -> None:
    hanoi = shard("H26")
    hanoi.ask("portal")
    hanoi.ask("archive", agency="H99")

    with pytest.raises(ProblemError) as refused:
        hanoi.stack.up()

    assert refused.value.exit_code == 2
    assert "H99" in str(refused.value)
    assert "Traceback" not in str(refused.value)
    assert known(hanoi.stack) == frozenset(), "the good request was not built either"


def test_a_namespace_that_breaks_a_rule_is_refused_by_the_api_server(
    platform: Platform, shard: Shard
) -> None:
    hanoi = shard("H26")
    hanoi.ask("portal", starts="2023-01-01", ends="2024-01-01")

    with pytest.raises(RefusedError, match="end-date-in-bounds"):
        hanoi.stack.up()

    assert known(hanoi.stack) == frozenset()


def test_an_api_server_that_goes_away_in_the_middle_is_told_and_recovered(
    tmp_path: Path,
) -> None:
    away = Platform("awaye2e")
    local.up(away, fsync=False)
    hanoi = Tenants(away, "H26", tmp_path)
    try:
        for number in range(8):
            hanoi.ask(f"system-{number}")

        with pytest.raises(MissingPartError) as refused:
            hanoi.stack.up(line=lambda line: _end_api_server(away, line))

        assert refused.value.problems[0].key == "run-unreachable"
        assert "Traceback" not in str(refused.value)
        local.up(away)
        assert recover(away, hanoi.stack, prune=False).strays == ()
        hanoi.stack.up("--expect-no-changes")
    finally:
        local.reset(away)
        config_file(hanoi.stack.name).unlink()


def _end_api_server(platform: Platform, line: str) -> None:
    """End the API server's process once the first namespace is there."""
    if "Namespace" in line and " created" in line:
        for part in local.status(platform):
            if part.part == "kube-apiserver" and part.pid:
                psutil.Process(part.pid).kill()
