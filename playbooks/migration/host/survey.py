"""What a host is, as far as a move must know: machine, release, login, disks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from playbooks.migration.files.place import FilesPlace

KIB = 1024
# File systems on disks of the host; all others belong to somebody else, or to the kernel.
_DISKS = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "jfs", "reiserfs", "f2fs", "zfs"})
_MOUNTS = "sed 's/^/mount /' /proc/self/mountinfo"
# systemctl is slow: it is called once for all networks, and enabled is what has a link.
_FACTS = r"""
echo "machine $(uname -m)"
echo "name $(uname -n)"
echo "release $(. /etc/os-release 2>/dev/null; echo "$ID $VERSION_ID")"
login=${SUDO_USER:-$(id -un)}
echo "login $login $(id -u "$login") $(getent passwd "$login" | cut -d : -f 6)"
for each in rsync systemctl; do command -v "$each" >/dev/null 2>&1 && echo "has $each"; done
sed -n 's/^\(\/[^ ]*\) *file .*/swap \1/p' /proc/swaps 2>/dev/null
df -P -k -l 2>/dev/null | awk 'NR > 1 { print "free " $4 " " $NF }'
[ -L /lib ] && echo "has merged"
set -- systemd-networkd NetworkManager networking network wicked
systemctl show --property=LoadState --property=ActiveState -- "$@" 2>/dev/null | awk -v "all=$*" '
  BEGIN { split(all, name, " "); n = 1 }
  $0 == "" { n++ }
  $0 == "LoadState=loaded" { print "has " name[n] ".service" }
  $0 == "ActiveState=active" { print "network " name[n] ".service" }'
find /etc/systemd/system -type l ! -lname /dev/null -printf 'enabled %f\n' 2>/dev/null | sort -u
true
"""
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True)
class Mount:
    """Something that is mounted.

    Attributes:
        disk: Whether it is a whole file system on a disk of the host.
        free: Bytes that it still takes.
    """

    path: str
    disk: bool
    free: int = 0


@dataclass(frozen=True)
class Survey:
    """What a host said.

    Attributes:
        login: Name, number and home of whom we log in as.
        release: Distribution and its number, such as `debian 12`; empty where it is not told.
        has: Programs and network services that it has; `merged` where /lib is within /usr.
        network: Services that bring its network up.
    """

    machine: str
    name: str
    release: str
    login: tuple[str, str, str]
    has: frozenset[str]
    mounts: tuple[Mount, ...] = field(default=())
    swaps: tuple[str, ...] = ()
    network: frozenset[str] = frozenset()
    enabled: tuple[str, ...] = ()

    @property
    def disks(self) -> list[Mount]:
        return [each for each in self.mounts if each.disk]

    @property
    def major(self) -> str:
        """Give the distribution with the first number of its release."""
        return self.release.partition(".")[0]

    def apart(self) -> list[str]:
        """Give what is no file of a disk of this host: mounts of other kinds, swap files."""
        return [*(each.path for each in self.mounts if not each.disk), *self.swaps]


def survey(place: FilesPlace) -> Survey:
    """Ask a host.

    Raises:
        ProblemError: It is not reached.
    """
    return read(place.run(f"{_MOUNTS}\n{_FACTS}").decode("utf-8", "surrogateescape"))


def disks(place: FilesPlace) -> list[str]:
    """Give the disks that a host has mounted: all that a pass must know, and soon told.

    Raises:
        ProblemError: It is not reached.
    """
    said = place.run(_MOUNTS).decode("utf-8", "surrogateescape")
    return [each.path for each in read(said).disks]


def read(said: str) -> Survey:
    """Read what a host said, a fact a line."""
    lines = [line.partition(" ")[::2] for line in said.splitlines()]
    known = dict(lines)
    login = [*known.get("login", "").split(" "), "", ""]
    free = {
        path: int(k) * KIB for k, _, path in (v.partition(" ") for w, v in lines if w == "free")
    }
    return Survey(
        machine=known.get("machine", ""),
        name=known.get("name", ""),
        release=known.get("release", "").strip(),
        login=(login[0], login[1], login[2]),
        has=frozenset(value for word, value in lines if word == "has"),
        mounts=tuple(_mounts([value for word, value in lines if word == "mount"], free)),
        swaps=tuple(value for word, value in lines if word == "swap"),
        network=frozenset(value for word, value in lines if word == "network"),
        enabled=tuple(value for word, value in lines if word == "enabled"),
    )


def _mounts(lines: Sequence[str], free: dict[str, int]) -> Iterator[Mount]:
    """Read lines of mountinfo; what is mounted twice at a place is seen as it is seen there."""
    last: dict[str, Mount] = {}
    for line in lines:
        before, _, after = line.partition(" - ")
        words, kind = before.split(" "), after.split(" ")[0]
        path = _OCTAL.sub(lambda found: chr(int(found[1], 8)), words[4])
        whole = words[3] == "/" or kind == "btrfs"
        last[path] = Mount(path, path == "/" or (kind in _DISKS and whole), free.get(path, 0))
    yield from last.values()
