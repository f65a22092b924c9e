"""An estate of real hosts of several kinds that talk to each other, a few started at a time."""

from __future__ import annotations

import functools
import itertools
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.hosts import machines
from tests.hosts.lan import USER, Lan, lan
from tests.hosts.machines import Machine
from tests.playbooks.roles import conftest as tired

# Of eight: portals without Python with their database, sites of today with theirs, neglected ones.
KINDS = (
    *("legacy-db", "legacy-web", "modern-db", "modern-web"),
    *("tired", "legacy-web", "modern-web", "tired"),
)
AT_ONCE, FIRST = 4, 10
# systemd, its journal and D-Bus watch files; without a watcher left a host does not come up.
WATCHERS = Path("/proc/sys/fs/inotify/max_user_instances")
WATCHERS_A_HOST = 6
PTRACE = ("--cap-add", "SYS_PTRACE")
# Writes to the database of its eight every second; the server closes what does not log in.
CALLS = "import socket, time\nwhile 1: s = socket.create_connection(('{}', 5432)); time.sleep(20)"


@dataclass(frozen=True)
class Spent:
    """What a host has spent since it began.

    Attributes:
        at: When it was read, on this machine's clock.
        seconds: Of the processor, by all that runs in it.
        processes: Numbers that its processes and threads were given.
    """

    at: float
    seconds: float
    processes: float


@dataclass(frozen=True)
class Fleet:
    net: Lan
    kinds: dict[str, str]

    @property
    def ssh_config(self) -> Path:
        return self.net.folder / "ssh_config"

    def inventory(self) -> Path:
        hosts = {
            name: {"ansible_host": each.address, "ansible_user": USER, "sen_system": name[:-2]}
            for name, each in self.net.machines.items()
        }
        path = self.net.folder / "inventory.yaml"
        path.write_text(yaml.safe_dump({"all": {"hosts": hosts}}), "utf-8")
        return path

    def spent(self) -> dict[str, Spent]:
        return {name: spent(each) for name, each in self.net.machines.items()}


def most() -> int:
    """Give how many hosts the kernel of this machine still lets watch files."""
    used = sum(_reads(each) == "anon_inode:inotify" for each in Path("/proc").glob("[0-9]*/fd/*"))
    return max(0, int(WATCHERS.read_text("ascii")) - used) // WATCHERS_A_HOST


def _reads(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


@contextmanager
def fleet(count: int, folder: Path) -> Iterator[Fleet]:
    """Start so many hosts; they are gone afterwards."""
    machines.remove_left_over()
    kinds = {
        f"{kind}-{number:02}": kind
        for number, kind in enumerate(itertools.islice(itertools.cycle(KINDS), count))
    }
    with lan(folder) as net:
        for few in _few(list(kinds.items())):
            for name, kind in few:
                _begin(net, name, kind)
            net.ready()
        for name, kind in kinds.items():
            if kind == "modern-web":
                _talk(net, name)
        yield Fleet(net, kinds)


def _few(hosts: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    yield from (hosts[at : at + AT_ONCE] for at in range(0, len(hosts), AT_ONCE))


def _begin(net: Lan, name: str, kind: str) -> None:
    number = int(name[-2:])
    known = net.names({"legacy-db": FIRST + _database(number, "legacy-db")})
    image = tired.image(machines.SUITE) if kind == "tired" else machines.image(kind)
    net.begin(name, FIRST + number, image, *known, *PTRACE)


def _database(number: int, kind: str) -> int:
    """Give the number of the database that belongs to the same eight as a host."""
    return number - number % len(KINDS) + KINDS.index(kind)


def _talk(net: Lan, name: str) -> None:
    address = f"{net.place[1]}.{FIRST + _database(int(name[-2:]), 'modern-db')}"
    script = CALLS.format(address)
    machines.inside(net.machines[name].name, "cat > /srv/calls.py", given=script)
    words = "systemd-run -q --unit calls -p Restart=always -p RestartSec=1"
    machines.inside(net.machines[name].name, f"{words} python3 /srv/calls.py")


def spent(machine: Machine) -> Spent:
    """Ask the kernel, and hardly the host: one process is begun in it."""
    pid = _pid(machine.name)
    said = machines.run("nsenter", "--target", pid, "--pid", "cat", "/proc/loadavg")
    groups = Path(f"/proc/{pid}/cgroup").read_text("utf-8")
    return Spent(time.monotonic(), _seconds(groups), int(said.split()[4]))


@functools.cache
def _pid(container: str) -> str:
    return machines.run("podman", "inspect", "--format", "{{.State.Pid}}", container)


def _seconds(groups: str) -> float:
    """Read what a control group has used, of either version of control groups."""
    if found := re.search(r":cpuacct[^:]*:(.*)|:[^:]*,cpuacct[^:]*:(.*)", groups):
        path = Path("/sys/fs/cgroup/cpuacct" + _whole(found[1] or found[2]))
        return int((path / "cpuacct.usage").read_text("ascii")) / 1e9
    path = Path("/sys/fs/cgroup" + _whole(groups.splitlines()[0].split(":", 2)[2]))
    return int((path / "cpu.stat").read_text("ascii").split()[1]) / 1e6


def _whole(path: str) -> str:
    return path.removesuffix("/init.scope")
