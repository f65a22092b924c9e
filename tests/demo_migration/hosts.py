"""The hosts of the demo: two neglected ones, two of a tenant, on a network that leads nowhere."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import yaml

from tests.hosts import machines
from tests.hosts.lan import USER, lan
from tests.hosts.machines import Machine

__all__ = ["LAST", "NEW", "OLD", "USER", "Room", "room"]

LAST = {"legacy-db": 11, "legacy-web": 12, "modern-db": 21, "modern-web": 22}
OLD, NEW = ("legacy-db", "legacy-web"), ("modern-db", "modern-web")
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
    with lan(folder) as net:
        for kind, last in LAST.items():
            net.begin(kind, last, machines.image(kind), *net.names(LAST), *PTRACE)
        net.ready(USER)
        yield Room(net.machines, folder)
