"""A network with hosts of one fixture: reached by a key of theirs, all gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.hosts import machines
from tests.hosts.machines import Machine

USER = "officer"


@dataclass(frozen=True)
class Lan:
    """A network that leads nowhere, and what was started in it.

    Attributes:
        place: Name of the network, and the start of its addresses.
        folder: Keys and settings of ssh: nobody else's.
        machines: Those that are ready, by the name that they were given.
    """

    place: tuple[str, str]
    folder: Path
    machines: dict[str, Machine] = field(default_factory=dict)
    _begun: dict[str, str] = field(default_factory=dict)

    def begin(self, name: str, last: int, image: str, *words: str) -> None:
        """Begin a host at an address of the network; several come up at the same time."""
        owner = str(os.getpid())
        self._begun[name] = f"{self.place[1]}.{last}"
        machines.begin(name, self.place, last, owner, *words, image)

    def ready(self, *users: str) -> Path:
        """Wait for all that were begun, admit people, and give settings of ssh that know all."""
        for name, address in self._begun.items():
            container = f"{self.place[0]}-{name}"
            machine = Machine(container, address, machines.host_key(container))
            machines.admit(machine, self.public_key, *(users or (USER,)))
            self.machines[name] = machine
        self._begun.clear()
        keys = {each.address: each.key for each in self.machines.values()}
        return settings(self.folder, "ssh_config", keys)

    @property
    def public_key(self) -> str:
        return (self.folder / "id.pub").read_text("utf-8")

    def names(self, last: Mapping[str, int]) -> list[str]:
        """Give podman's words by which hosts know each other's names."""
        known = (f"{name}:{self.place[1]}.{at}" for name, at in last.items())
        return [word for each in known for word in ("--add-host", each)]


def settings(folder: Path, name: str, keys: Mapping[str, str]) -> Path:
    """Write settings of ssh that log in with the folder's key and trust these keys alone."""
    known, path = folder / f"{name}.known", folder / name
    known.write_text("".join(f"{address} {key}\n" for address, key in keys.items()), "utf-8")
    path.write_text(
        f"IdentityFile {folder}/id\nIdentitiesOnly yes\n"
        f"UserKnownHostsFile {known}\nGlobalKnownHostsFile /dev/null\n",
        "utf-8",
    )
    return path


@contextmanager
def lan(folder: Path) -> Iterator[Lan]:
    """Make a network and a key; hosts begun in it and the network are gone afterwards."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    machines.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "id"))
    place = machines.network(str(os.getpid()))
    found = Lan(place, folder)
    try:
        yield found
    finally:
        begun = (f"{place[0]}-{name}" for name in found._begun)
        machines.end(*(each.name for each in found.machines.values()), *begun)
        machines.run("podman", "network", "rm", "--force", place[0])
