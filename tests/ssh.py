"""An `ssh` that leads to this machine: what is said to a host is done here, by a shell."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# As sshd does: all words after the address go to a shell.
SSH = '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift 2\nexec sh -c "$*"\n'


def ssh_leads_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put it before the real one while a test runs."""
    program = folder / "ssh"
    program.write_text(SSH, "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
