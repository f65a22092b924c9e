"""What a person names to be wiped; what is not named is never touched."""

from __future__ import annotations

import posixpath
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from stacks.models.base import Model

# The system's own: without them the old host could not even say what it wiped.
_SYSTEM = frozenset(
    {
        *("/", "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc"),
        *("/root", "/run", "/sbin", "/sys", "/tmp", "/usr", "/usr/local", "/var", "/var/lib"),  # noqa: S108
        *("/var/log", "/var/spool", "/var/cache"),
    }
)
_WITHIN = (
    *("/bin/", "/boot/", "/dev/", "/lib/", "/lib32/", "/lib64/", "/libx32/", "/proc/", "/run/"),
    *("/sbin/", "/sys/", "/usr/bin/", "/usr/lib/", "/usr/lib64/", "/usr/sbin/", "/usr/share/"),
    *("/var/lib/dpkg/", "/var/lib/rpm/", "/var/lib/systemd/", "/var/lib/sen/"),
)


def _data(path: str) -> str:
    if posixpath.normpath(path) != path:
        raise ValueError("write the path as it is, without . or .. or a slash at its end")
    if path in _SYSTEM or f"{path}/".startswith(_WITHIN):
        raise ValueError("this is the system's own and is never wiped; wipe the disk from outside")
    return path


def _disk(path: str) -> str:
    return path if path.startswith("/dev/") and posixpath.normpath(path) == path else _data(path)


Named = Annotated[str, Field(pattern=r"^/[^\x00-\x1f\\*?\[\]]*$")]


class Disk(Model):
    """A disk or partition, or a file that is the disk of a virtual machine."""

    path: Annotated[Named, AfterValidator(_disk)]
    serial: str = Field(
        min_length=1,
        max_length=128,
        description="As `lsblk -o SERIAL,WWN` tells, of a partition with `-part1`; of a disk that "
        "has neither, its place and size, of a file its file system and inode, as a refusal tells.",
    )


class WipePlan(Model):
    """Folders and disks of one old host, confirmed by its name."""

    confirm: str = Field(min_length=1, description="Name that the old host gives itself.")
    backup: str = Field(
        min_length=3, max_length=200, description="Backup that was restored to see that it works."
    )
    folders: tuple[Annotated[Named, AfterValidator(_data)], ...] = ()
    disks: tuple[Disk, ...] = ()
    samples: int = Field(default=64, ge=4, le=1024, description="Read before and after, of each.")

    @model_validator(mode="after")
    def _apart(self) -> WipePlan:
        named = [*self.folders, *(each.path for each in self.disks)]
        if not named:
            raise ValueError("name at least one folder or disk")
        if any(a != b and f"{a}/".startswith(f"{b}/") for a in named for b in named):
            raise ValueError("one of these lies within another")
        if len(set(named)) != len(named):
            raise ValueError("one of these is named twice")
        return self
