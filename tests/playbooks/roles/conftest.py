"""Neglected hosts with Python, one a distribution; all that the roles install lies on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.hosts import machines
from tests.hosts.conftest import DECLARED, NEGLECTED
from tests.hosts.lan import lan
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


@pytest.fixture(scope="module")
def tired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tired]:
    require_hosts()
    require_playing()
    with lan(tmp_path_factory.mktemp("tired")) as net:
        for suite, last in LAST.items():
            net.begin(suite, last, image(suite), *TMP)
        net.ready()
        for each in net.machines.values():
            machines.set_in_kernel(each, NEGLECTED)
        yield Tired(net.machines, net.folder)
