"""Two real hosts for a whole run of tests: one hardened, one neglected."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from policies.gates.host import HostReport, check
from policies.gates.hosts.fact import Readings, facts
from policies.gates.hosts.inventory import load
from policies.gates.hosts.ssh import gather
from tests.hosts import machines
from tests.hosts.lan import lan
from tests.hosts.machines import Machine
from tests.hosts.required import require_hosts

# In this order: the kernel lets redirects in again when a host stops forwarding.
HARDENED = {
    "net.ipv4.ip_forward": 0,
    "net.ipv4.conf.all.accept_redirects": 0,
    "net.ipv4.conf.all.secure_redirects": 0,
    "net.ipv4.conf.all.send_redirects": 0,
    "net.ipv4.conf.all.rp_filter": 1,
    "net.ipv4.conf.all.log_martians": 1,
    "net.ipv6.conf.all.accept_redirects": 0,
    "net.ipv6.conf.all.accept_ra": 0,
    "net.ipv6.conf.default.accept_ra": 0,
}
NEGLECTED = {"net.ipv4.conf.all.accept_source_route": 1, "net.ipv4.tcp_syncookies": 0}
DECLARED = {
    "sen_level": 5,
    "sen_agency": "H26",
    "sen_system": "portal",
    "sen_open_ports": ["22/tcp"],
    "sen_sudo_without_password": ["officer"],
    "sen_log_servers": ["10.77.255.5"],
    "sen_time_servers": ["10.77.255.6"],
    "sen_dns_servers": ["10.77.255.7"],
}
# Set to 1 where hosts must run: a machine that cannot run them then fails instead of saying so.
CLOSED = "rw,nosuid,nodev,noexec"
DNS = ("--dns", "10.77.255.7")
SHARED = ("/tmp", "/var/tmp")  # noqa: S108 - mount points


@dataclass(frozen=True)
class Estate:
    """The hosts of a run, and the files with which they are reached."""

    hardened: Machine
    neglected: Machine
    folder: Path
    prefix: str

    @property
    def ssh_config(self) -> Path:
        return self.folder / "ssh_config"

    def inventory(self, name: str, hosts: dict[str, dict[str, object]]) -> Path:
        path = self.folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump({"all": {"hosts": hosts}}), "utf-8")
        return path


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    require_hosts()
    machines.remove_left_over()
    mounts = tuple(word for each in SHARED for word in ("--tmpfs", f"{each}:{CLOSED}"))
    with lan(tmp_path_factory.mktemp("hosts")) as net:
        net.begin("hardened", 11, machines.image("hardened"), *mounts, *DNS)
        net.begin("neglected", 12, machines.image("neglected"))
        net.ready("officer", "visitor")
        hardened, neglected = net.machines["hardened"], net.machines["neglected"]
        machines.set_in_kernel(hardened, HARDENED)
        machines.set_in_kernel(neglected, NEGLECTED)
        machines.admit(neglected, net.public_key, "clerk")
        yield Estate(hardened, neglected, net.folder, net.place[1])


@pytest.fixture(scope="session")
def report(estate: Estate) -> HostReport:
    """Look at both hosts once, as an officer does."""
    hosts = {
        each.name.rpartition("-")[2]: {
            "ansible_host": each.address,
            "ansible_user": "officer",
            **DECLARED,
        }
        for each in (estate.hardened, estate.neglected)
    }
    return check(estate.inventory("both", hosts), ssh_config=estate.ssh_config)


@pytest.fixture(scope="session")
def neglected(estate: Estate) -> Readings:
    """Read everything that there is to read on the neglected host."""
    entry = {"ansible_host": estate.neglected.address, "ansible_user": "officer"}
    path = estate.inventory("neglected", {"neglected": entry})
    return gather(load(path)[0], facts(), estate.ssh_config)
