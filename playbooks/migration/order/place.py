"""From what an order names on a host to how it is reached: by one connection that many calls share.

A switch asks a host some fifty times while nobody can work; logging in each time would take longer
than what is asked.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from playbooks.migration.files.place import FilesPlace
from playbooks.migration.order.ends import FolderEnd
from stacks.remote import Remote

SECONDS_TO_STAY = 20
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def place(end: FolderEnd) -> FilesPlace:
    """Give a folder or a file as it is reached by ssh."""
    return FilesPlace(
        Remote(end.host, end.user, end.port, end.key_file, end.ssh_config, _shared(end)), end.path
    )


def disk_of(end: FolderEnd | None) -> FilesPlace | None:
    """Give a folder that is only looked at: no rights of root are taken."""
    return replace(place(end), as_root=False) if end else None


def words(said: Sequence[str]) -> str:
    """Give a program and its arguments as a shell takes them, none of them read by it."""
    return shlex.join(said)


def _shared(end: FolderEnd) -> tuple[tuple[str, str], ...]:
    """Let calls of this process to one login share a connection; none where no place is private."""
    folder = Path(tempfile.gettempdir()) / f"sen-ssh-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & OTHERS:
        return ()
    login = end.model_dump_json(exclude={"path"})
    name = f"{os.getpid()}-{hashlib.sha256(login.encode()).hexdigest()[:12]}"
    return (
        ("ControlMaster", "auto"),
        ("ControlPath", str(folder / name)),
        ("ControlPersist", str(SECONDS_TO_STAY)),
    )
