"""Three real hosts: a portal that talks to its database, and one that nobody wants."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.hosts import machines
from tests.hosts.machines import Machine
from tests.hosts.required import require_hosts

LAST = {"legacy-db": 11, "legacy-web": 12, "neglected": 13}
# A label of our own: the two hosts of other tests may run beside these.
PTRACE = ("--cap-add", "SYS_PTRACE")


@dataclass(frozen=True)
class ServerRoom:
    machines: dict[str, Machine]
    folder: Path

    @property
    def ssh_config(self) -> Path:
        return self.folder / "ssh_config"

    def inventory(self, name: str, hosts: dict[str, dict[str, object]]) -> Path:
        path = self.folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump({"all": {"hosts": hosts}}), "utf-8")
        return path

    def entry(self, name: str, user: str = "officer", **more: object) -> dict[str, object]:
        return {"ansible_host": self.machines[name].address, "ansible_user": user, **more}

    def settings(self, name: str, keys: dict[str, str]) -> Path:
        """Write settings of ssh that trust these keys (address → key) and no others."""
        known = self.folder / f"{name}.known"
        known.write_text("".join(f"{a} {key}\n" for a, key in keys.items()), "utf-8")
        path = self.folder / name
        path.write_text(
            f"IdentityFile {self.folder}/id\nIdentitiesOnly yes\n"
            f"UserKnownHostsFile {known}\nGlobalKnownHostsFile /dev/null\n",
            "utf-8",
        )
        return path


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerRoom]:
    require_hosts()
    folder = tmp_path_factory.mktemp("room")
    machines.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "id"))
    place = machines.network(str(os.getpid()))
    started: dict[str, Machine] = {}
    try:
        for name, last in LAST.items():
            names = tuple(
                word
                for each, at in LAST.items()
                for word in ("--add-host", f"{each}:{place[1]}.{at}")
            )
            started[name] = machines.start(name, place, last, str(os.getpid()), *names, *PTRACE)
        public = (folder / "id.pub").read_text("utf-8")
        for machine in started.values():
            for user in ("officer", "visitor"):
                machines.admit(machine, user, public)
        machines.admit(started["neglected"], "clerk", public)
        found = ServerRoom(started, folder)
        found.settings("ssh_config", {each.address: each.key for each in started.values()})
        yield found
    finally:
        machines.end(*(each.name for each in started.values()))
        machines.run("podman", "network", "rm", "--force", place[0])
