"""Reads answers that somebody else fetched: Ansible's playbook, or a person with a USB stick."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from playbooks.migration.discover.answer import mark_of, parse
from playbooks.migration.discover.host import host
from playbooks.migration.discover.model import Host
from stacks.problem import Problem, ProblemError


def hosts(folder: Path) -> tuple[Host, ...]:
    """Read every `NAME.txt`; the time of a file is when its host was asked.

    Raises:
        ProblemError: A file holds no answer, or there is none.
    """
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise ProblemError(Problem("collected-empty", str(folder)))
    return tuple(_host(each) for each in files)


def _host(path: Path) -> Host:
    text = path.read_text("utf-8", "replace").replace("\r\n", "\n")
    mark = mark_of(text)
    answer = parse(text, mark) if mark else None
    if answer is None:
        raise ProblemError(Problem("collected-no-answer", str(path)))
    clock = answer["who"].pairs().get("clock", "")
    written = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    # The host's own clock is all there is: how far it was off is not known.
    at = dt.datetime.fromtimestamp(int(clock), dt.UTC) if clock.isdigit() else written
    return host(path.stem, "", answer, at)
