"""From what an order names on a host to how it is reached."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from playbooks.migration.files.place import FilesPlace
from playbooks.migration.order.ends import FolderEnd
from stacks.remote import Remote


def place(end: FolderEnd) -> FilesPlace:
    """Give a folder or a file as it is reached by ssh."""
    remote = Remote(end.host, end.user, end.port, end.key_file, end.ssh_config)
    return FilesPlace(remote, end.path)


def words(said: Sequence[str]) -> str:
    """Give a program and its arguments as a shell takes them, none of them read by it."""
    return shlex.join(said)
