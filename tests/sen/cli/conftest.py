"""A way to call `sen` as a shell does, and platforms that are there as files only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from sen.cli.main import main
from tests.sen.runs.conftest import config_folder, quiet_platform

__all__ = ["config_folder", "quiet_platform"]


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


Sen = Callable[..., Said]


@pytest.fixture
def sen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Sen:
    """Call `sen` with words, and give its exit code and what it said on either channel."""
    monkeypatch.setenv("COLUMNS", "300")

    def call(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["sen", *map(str, words)])
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Said(int(str(code)), out, err)

    return call
