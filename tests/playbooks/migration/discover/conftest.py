"""Three real hosts: a portal that talks to its database, and one that nobody wants."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.hosts import machines
from tests.hosts.lan import lan
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


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerRoom]:
    require_hosts()
    with lan(tmp_path_factory.mktemp("room")) as net:
        for name, last in LAST.items():
            net.begin(name, last, machines.image(name), *net.names(LAST), *PTRACE)
        net.ready("officer", "visitor")
        machines.admit(net.machines["neglected"], net.public_key, "clerk")
        yield ServerRoom(net.machines, net.folder)
