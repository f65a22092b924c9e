"""The hosts of the demo: two neglected ones, two of a tenant, on a network that leads nowhere."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import yaml

from tests.hosts import machines
from tests.hosts.machines import Machine

LAST = {"legacy-db": 11, "legacy-web": 12, "modern-db": 21, "modern-web": 22}
OLD, NEW = ("legacy-db", "legacy-web"), ("modern-db", "modern-web")
USER = "officer"
PTRACE = ("--cap-add", "SYS_PTRACE")


@dataclass(frozen=True)
class Room:
    """Four hosts, and the files with which they are reached.

    Attributes:
        folder: Keys and passwords: nobody else's.
    """

    machines: Mapping[str, Machine]
    folder: Path

    @property
    def ssh_config(self) -> Path:
        return self.folder / "ssh_config"

    def address(self, host: str) -> str:
        return self.machines[host].address

    def inside(self, host: str, text: str, given: str | None = None) -> str:
        return machines.inside(self.machines[host].name, text, given=given)

    def put(self, host: str, path: str, content: str) -> None:
        """Write a file on a host, readable by all who can log in there."""
        self.inside(host, f"mkdir -p $(dirname {path}) && cat > {path}", content)

    def secret(self, name: str) -> Path:
        """Give the file with a password, made up when it is first asked for."""
        path = self.folder / f"{name}.secret"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(16), "ascii")
        return path

    def inventory(
        self,
        name: str,
        hosts: tuple[str, ...],
        own: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
        **more: object,
    ) -> Path:
        """Write an inventory of some of the hosts: what each declares, and what all do."""
        path = self.folder / f"{name}.yaml"
        entries = {
            each: {
                "ansible_host": self.address(each),
                "ansible_user": USER,
                **more,
                **own.get(each, {}),
            }
            for each in hosts
        }
        path.write_text(yaml.safe_dump({"all": {"hosts": entries}}), "utf-8")
        return path


@contextmanager
def room(folder: Path) -> Iterator[Room]:
    """Start the hosts; they and their network are gone afterwards.

    Raises:
        RuntimeError: No container runs here; the reason is said.
    """
    if reason := machines.why_not():
        raise RuntimeError(reason)
    machines.remove_left_over()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    machines.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "id"))
    place, owner = machines.network(str(os.getpid())), str(os.getpid())
    started: dict[str, Machine] = {}
    try:
        names = [
            word for each, at in LAST.items() for word in ("--add-host", f"{each}:{place[1]}.{at}")
        ]
        for kind, last in LAST.items():
            started[kind] = machines.start(kind, place, last, owner, *names, *PTRACE)
        yield _admitted(Room(started, folder))
    finally:
        machines.end(*(each.name for each in started.values()))
        machines.run("podman", "network", "rm", "--force", place[0])


def _admitted(found: Room) -> Room:
    public = (found.folder / "id.pub").read_text("utf-8")
    for machine in found.machines.values():
        machines.admit(machine, USER, public)
    known = found.folder / "known"
    known.write_text("".join(f"{m.address} {m.key}\n" for m in found.machines.values()), "utf-8")
    found.ssh_config.write_text(
        f"IdentityFile {found.folder}/id\nIdentitiesOnly yes\n"
        f"UserKnownHostsFile {known}\nGlobalKnownHostsFile /dev/null\n",
        "utf-8",
    )
    return found
