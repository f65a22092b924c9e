"""Reads file systems, shares given and taken, and how alive folders are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from playbooks.migration.discover.answer import Answer
from playbooks.migration.discover.model import Activity, Filesystem, Share
from playbooks.migration.discover.reading.system import whole

_REMOTE = ("nfs", "nfs4", "cifs", "smbfs", "glusterfs", "ceph", "fuse.sshfs")
_NOT_REAL = re.compile(r"^(devtmpfs|tmpfs|udev|none|shm|overlay/)")
_FILES_OF_CONTAINERS = ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf")
_PEER = re.compile(r"^/*([^:/]+)")
_FIELDS_OF_DF, _FIELDS_OF_MOUNT = 6, 4


def filesystems(answer: Answer) -> tuple[Filesystem, ...]:
    """Give what holds data, each device once: a bind mount is the same space again."""
    found: dict[tuple[str, int], Filesystem] = {}
    for line in answer["storage"].lines():
        row = line.split(None, _FIELDS_OF_DF - 1)
        if len(row) < _FIELDS_OF_DF or not row[1].isdigit() or _NOT_REAL.match(row[0]):
            continue
        if row[5] in _FILES_OF_CONTAINERS:
            continue
        one = Filesystem(device=row[0], mount=row[5], total_kib=int(row[1]), used_kib=whole(row[2]))
        old = found.get((row[0], one.total_kib))
        if old is None or len(one.mount) < len(old.mount):
            found[row[0], one.total_kib] = one
    return tuple(found.values())


def shares(answer: Answer) -> tuple[Share, ...]:
    return tuple(dict.fromkeys([*_taken(answer), *_given(answer), *_samba(answer)]))


def _taken(answer: Answer) -> Iterator[Share]:
    for part in ("mounts", "fstab"):
        for line in answer["storage"].lines(part):
            row = line.split()
            if len(row) < _FIELDS_OF_MOUNT or row[2] not in _REMOTE:
                continue
            found = _PEER.match(row[0])
            peer = found[1] if found else ""
            yield Share(kind=row[2].rstrip("4"), path=row[1], peer=peer)


def _given(answer: Answer) -> Iterator[Share]:
    for line in answer["storage"].lines("exports"):
        path, *clients = line.split()
        if path.startswith("/"):
            peers = ",".join(each.partition("(")[0] for each in clients)
            yield Share(kind="nfs", path=path, peer=peers, given=True)


def _samba(answer: Answer) -> Iterator[Share]:
    name = ""
    for line in map(str.strip, answer["storage"].lines("samba")):
        if line.startswith("["):
            name = line.strip("[]")
        elif name.lower() not in {"global", "printers", "print$", "homes", ""}:
            yield Share(kind="smb", path=line.partition("=")[2].strip(), peer="", given=True)


def activity(answer: Answer) -> tuple[Activity, ...]:
    return tuple(
        Activity(
            path=row[0],
            size_kib=whole(row[1]),
            files=whole(row[2]),
            last_30_days=whole(row[3]),
            last_365_days=whole(row[4]),
        )
        for row in answer["activity"].rows(least=5)
    )
