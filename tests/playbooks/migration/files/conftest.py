"""Two folders of this machine as ends of a move, joined by an ssh that goes nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from playbooks.migration.files import FilesMove, FilesPlace
from playbooks.migration.steps import Journal, Run
from stacks.remote import Remote
from tests.ssh import ssh_leads_here


@dataclass(frozen=True)
class Ends:
    old: Path
    new: Path
    move: FilesMove
    folder: Path

    def run(self, series: str) -> dict:
        """Do a series as a move does, and give the facts of its steps."""
        return dict(self._run(series).forward().facts)

    def undo(self, series: str) -> None:
        self._run(series).back()

    def again(self, series: str) -> dict:
        Journal(self.folder / f"{series}.jsonl").put_away()
        return self.run(series)

    def _run(self, series: str) -> Run:
        steps = getattr(self.move, series)()
        return Run("w1/kho", steps, Journal(self.folder / f"{series}.jsonl"), lambda *_: None)


# All units of this host stand still; it remembers what else it was told.
SYSTEMCTL = """#!/bin/sh
[ "$1" != show ] || {{ printf 'ActiveState=inactive\\nSubState=dead\\nControlGroup=\\n'; exit; }}
echo "$@" >> "{said}"
"""


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text, "utf-8")
    path.chmod(0o755)


@pytest.fixture
def programs(tmp_path, monkeypatch):
    folder = tmp_path / "bin"
    folder.mkdir()
    ssh_leads_here(folder, monkeypatch)
    return folder


@pytest.fixture
def ends(tmp_path, programs):
    old, new = tmp_path / "kho cũ", tmp_path / "kho mới"
    old.mkdir()
    (old / "hồ sơ").mkdir()
    (old / "hồ sơ" / "đơn 1.txt").write_text("Nguyễn Văn A", "utf-8")
    (old / "with\nnewline").write_bytes(b"x" * 70_000)
    places = [
        FilesPlace(Remote(name), str(path), as_root=False)
        for name, path in (("old-host", old), ("new-host", new))
    ]
    move = FilesMove("files", *places, tmp_path / "moves", most_deleted=3)
    return Ends(old, new, move, tmp_path / "moves")
