"""Owners and permissions of files, as stat printed them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from policies.gates.hosts.answer import Answer, fails, none_of
from policies.gates.hosts.host import Host, UnreadableError

TAGS = frozenset({"writable", "folder", "setuid", "unowned"})


@dataclass(frozen=True)
class Mode:
    bits: int
    owner: str
    group: str
    path: str

    def __str__(self) -> str:
        return f"{self.bits:04o} {self.owner}:{self.group} {self.path}"


def modes(lines: Iterable[str]) -> Iterator[Mode]:
    """Read `640 root shadow /etc/shadow`."""
    for line in lines:
        bits, owner, group, path = line.split(maxsplit=3)
        yield Mode(int(bits, 8), owner, group, path)


def open_wider(
    found: Iterable[Mode], forbidden: int, owners: Collection[str] = ("root",)
) -> list[str]:
    """Give the files that belong to others, or have one of the forbidden bits."""
    return [str(each) for each in found if each.bits & forbidden or each.owner not in owners]


@dataclass(frozen=True)
class PrivateFile:
    """A home, or a file in it, and whose it should be."""

    user: str
    bits: int
    owner: str
    path: str

    @property
    def is_home(self) -> bool:
        inner = (".ssh", ".ssh/authorized_keys", ".rhosts", ".shosts", ".netrc", ".equiv")
        return not self.path.endswith(inner)

    def __str__(self) -> str:
        return f"{self.bits:04o} {self.owner} {self.path}"


def private_files(host: Host) -> list[PrivateFile]:
    rows = (line.split(maxsplit=3) for line in host.lines("homes"))
    return [PrivateFile(user, int(bits, 8), owner, path) for user, bits, owner, path in rows]


def tagged(host: Host, tag: str) -> list[str]:
    """Give the paths that the scan of all files found for a reason."""
    rows = [line.partition(" ") for line in host.lines("scan")]
    if any(said not in TAGS for said, _, _ in rows):
        raise UnreadableError("scan: not understood")
    return [path for said, _, path in rows if said == tag]


def mount_has(host: Host, point: str, options: Iterable[str]) -> Answer:
    """Demand a file system of its own with these options; the last one mounted there counts."""
    rows = [line.split() for line in host.lines("mounts")]
    if not rows:
        raise UnreadableError("mounts: none was listed")
    here = [row for row in rows if row[0] == point]
    if not here:
        return fails(f"{point} is no file system of its own")
    missing = [each for each in options if each not in here[-1][2].split(",")]
    return none_of((f"{point} without {each}" for each in missing), f"{point} {here[-1][2]}")
