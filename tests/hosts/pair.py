"""An old host and a new one, for tests that move something between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.files.place import FilesPlace
from stacks.remote import Remote
from tests.hosts import machines
from tests.hosts.lan import USER, lan
from tests.hosts.machines import Machine

__all__ = ["DISK", "SMALL", "USER", "Pair", "pair"]
# A disk that fills up, and one of the old room that is to be wiped.
SMALL, DISK = "/small", "/srv/disk"


@dataclass(frozen=True)
class Pair:
    old: Machine
    new: Machine
    prefix: str
    ssh_config: Path

    def inside(self, machine: Machine, text: str, given: str | None = None) -> str:
        return machines.inside(machine.name, text, given=given)

    def place(self, machine: Machine, path: str) -> FilesPlace:
        """Give a place reached as an order's places are: by a connection that calls share."""
        shared = (
            ("ControlMaster", "auto"),
            ("ControlPath", str(self.ssh_config.parent / "%h")),
            ("ControlPersist", "20"),
        )
        return FilesPlace(
            Remote(machine.address, USER, config=self.ssh_config, options=shared), path
        )


@contextmanager
def pair(folder: Path) -> Iterator[Pair]:
    """Start both, reached by ssh with a key of theirs; they are gone afterwards."""
    with lan(folder) as net:
        for last, kind, called, disk in (
            (11, "legacy-web", "old-kho", f"{DISK}:size=64m"),
            (12, "modern-web", "new-kho", f"{SMALL}:size=8m"),
        ):
            net.begin(called, last, machines.image(kind), "--tmpfs", disk)
        config = net.ready()
        yield Pair(net.machines["old-kho"], net.machines["new-kho"], net.place[1], config)
