"""An old host and a new one, for tests that move something between them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.files.place import FilesPlace
from stacks.remote import Remote
from tests.hosts import machines
from tests.hosts.machines import Machine

USER = "officer"
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
    owner, key = str(os.getpid()), folder / "id"
    machines.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key))
    place = machines.network(owner)
    started: list[Machine] = []
    try:
        for last, kind, called, disk in (
            (11, "legacy-web", "old-kho", f"{DISK}:size=64m"),
            (12, "modern-web", "new-kho", f"{SMALL}:size=8m"),
        ):
            machine = machines.start(kind, place, last, owner, "--tmpfs", disk, called=called)
            started.append(machine)
            machines.admit(machine, USER, key.with_suffix(".pub").read_text("utf-8"))
        known = folder / "known"
        known.write_text("".join(f"{m.address} {m.key}\n" for m in started), "utf-8")
        config = folder / "ssh_config"
        config.write_text(
            f"IdentityFile {key}\nIdentitiesOnly yes\nUserKnownHostsFile {known}\n"
            "GlobalKnownHostsFile /dev/null\n",
            "utf-8",
        )
        yield Pair(started[0], started[1], place[1], config)
    finally:
        machines.end(*(each.name for each in started))
        machines.run("podman", "network", "rm", "--force", place[0])
