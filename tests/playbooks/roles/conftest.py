"""A neglected host with Python, and all packages that the roles install lying on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.hosts import machines
from tests.hosts.conftest import DECLARED, NEGLECTED
from tests.hosts.machines import Machine
from tests.hosts.required import require_hosts

RECIPE = Path(__file__).resolve().parent / "image"
SHARED = ("/tmp", "/var/tmp")  # noqa: S108 - mount points
TMP = tuple(word for each in SHARED for word in ("--tmpfs", f"{each}:rw,nosuid,nodev,noexec"))


@dataclass(frozen=True)
class Tired:
    machine: Machine
    inventory: Path
    ssh_config: Path


def image() -> str:
    """Give the name of the image, built on that of the neglected host if it is not there."""
    base = machines.image("neglected")
    name = f"localhost/sen-test-tired:{machines._digest(*RECIPE.iterdir(), said=base)}"
    with machines._lock():
        if not machines._exists("image", name):
            said = ("--label", f"{machines.LABEL}=1", "--build-arg", f"BASE={base}")
            machines.run(
                "podman", "build", "--quiet", *machines.RUN, *said, "-t", name, str(RECIPE)
            )
    return name


def started(place: tuple[str, str], owner: str) -> Machine:
    name, address = f"{place[0]}-tired", f"{place[1]}.21"
    machines.run(
        *("podman", "run", "--detach", "--name", name, "--hostname", "tired"),
        *("--label", f"{machines.LABEL}={owner}", "--memory", "1g", "--systemd=always"),
        *(*machines.RUN, "--cap-add", "NET_ADMIN", *TMP),
        *("--network", f"{place[0]}:ip={address}", image()),
    )
    machine = Machine(name, address, machines._host_key(name))
    machines.set_in_kernel(machine, NEGLECTED)
    return machine


@pytest.fixture(scope="module")
def tired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tired]:
    require_hosts()
    folder, owner = tmp_path_factory.mktemp("tired"), f"{os.getpid()}"
    machines.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "id"))
    place = machines.network(owner)
    machine = None
    try:
        machine = started(place, owner)
        machines.admit(machine, "officer", (folder / "id.pub").read_text("utf-8"))
        yield reached(folder, machine)
    finally:
        if machine:
            machines.end(machine.name)
        machines.run("podman", "network", "rm", "--force", place[0])


def reached(folder: Path, machine: Machine) -> Tired:
    (folder / "known").write_text(f"{machine.address} {machine.key}\n", "utf-8")
    config = folder / "ssh_config"
    config.write_text(
        f"IdentityFile {folder}/id\nIdentitiesOnly yes\n"
        f"UserKnownHostsFile {folder}/known\nGlobalKnownHostsFile /dev/null\n",
        "utf-8",
    )
    host = {"ansible_host": machine.address, "ansible_user": "officer", **DECLARED}
    inventory = folder / "hosts.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": {"tired": host}}}), "utf-8")
    return Tired(machine, inventory, config)
