"""Neglected hosts with Python, one a distribution; all that the roles install lies on them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.hosts import machines
from tests.hosts.conftest import DECLARED, NEGLECTED
from tests.hosts.machines import Machine
from tests.hosts.required import require_hosts, require_playing

RECIPE = Path(__file__).resolve().parent / "image"
SHARED = ("/tmp", "/var/tmp")  # noqa: S108 - mount points
TMP = tuple(word for each in SHARED for word in ("--tmpfs", f"{each}:rw,nosuid,nodev,noexec"))
# Where each release's host is in the network: Debian 12 and Debian 13.
LAST = {"bookworm": 21, "trixie": 22}


@dataclass(frozen=True)
class Tired:
    """The hosts, named as their releases, and the files with which they are reached."""

    machines: Mapping[str, Machine]
    folder: Path

    @property
    def ssh_config(self) -> Path:
        return self.folder / "ssh_config"

    def of(self, *suites: str) -> Path:
        """Write the inventory of some of them."""
        hosts = {
            each: {
                "ansible_host": self.machines[each].address,
                "ansible_user": "officer",
                **DECLARED,
            }
            for each in suites
        }
        path = self.folder / f"{'-'.join(suites)}.yml"
        path.write_text(yaml.safe_dump({"all": {"hosts": hosts}}), "utf-8")
        return path


def image(suite: str) -> str:
    """Give the name of the image, built on that of the neglected host if it is not there."""
    return machines.built("tired", RECIPE, machines.image("neglected", suite))


def started(suite: str, place: tuple[str, str], owner: str) -> Machine:
    name, address = f"{place[0]}-{suite}", f"{place[1]}.{LAST[suite]}"
    machines.run(
        *("podman", "run", "--detach", "--name", name, "--hostname", suite),
        *("--label", f"{machines.LABEL}={owner}", "--memory", "1g", "--systemd=always"),
        *(*machines.RUN, "--cap-add", "NET_ADMIN", *TMP),
        *("--network", f"{place[0]}:ip={address}", image(suite)),
    )
    machine = Machine(name, address, machines._host_key(name))
    machines.set_in_kernel(machine, NEGLECTED)
    return machine


@pytest.fixture(scope="module")
def tired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tired]:
    require_hosts()
    require_playing()
    folder, owner = tmp_path_factory.mktemp("tired"), f"{os.getpid()}"
    machines.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "id"))
    place = machines.network(owner)
    found: dict[str, Machine] = {}
    try:
        for suite in LAST:
            found[suite] = started(suite, place, owner)
            machines.admit(found[suite], "officer", (folder / "id.pub").read_text("utf-8"))
        yield reached(folder, found)
    finally:
        machines.end(*(each.name for each in found.values()))
        machines.run("podman", "network", "rm", "--force", place[0])


def reached(folder: Path, found: Mapping[str, Machine]) -> Tired:
    known = "".join(f"{each.address} {each.key}\n" for each in found.values())
    (folder / "known").write_text(known, "utf-8")
    (folder / "ssh_config").write_text(
        f"IdentityFile {folder}/id\nIdentitiesOnly yes\n"
        f"UserKnownHostsFile {folder}/known\nGlobalKnownHostsFile /dev/null\n",
        "utf-8",
    )
    return Tired(found, folder)
