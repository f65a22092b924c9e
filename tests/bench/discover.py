"""Discovery of an estate of real hosts, killed in the middle, beside `ansible -m setup`."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.discover.estate import Estate, load
from playbooks.migration.discover.model import State
from playbooks.play import SETTINGS, SSH
from sen.paths import PROJECT
from tests.bench.fleet import WATCHERS, Fleet, Spent, fleet, most
from tests.bench.report import machine
from tests.hosts import machines

PAGE = "benchmark-discover.md"
HOSTS, PARALLEL, AIM_MINUTES = 40, 8, 10
HOSTS_VARIABLE = "SEN_BENCH_HOSTS"
SEN = str(Path(sys.executable).with_name("sen"))
IDLE_SECONDS = 20


@dataclass(frozen=True)
class Took:
    """What one way of asking all hosts took.

    Attributes:
        seconds: By the clock.
        cpu: Seconds of the processor here, ssh counted.
        answered: Hosts of which something was learned.
        host_seconds: Seconds of the processor a host that answered, without what it does anyway.
        host_processes: Processes and threads that were begun on such a host, likewise.
    """

    seconds: float
    cpu: float
    answered: int
    host_seconds: float
    host_processes: float

    @property
    def a_minute(self) -> float:
        return self.answered * 60 / self.seconds


@dataclass(frozen=True)
class Compared:
    """Both in one run, on the same hosts.

    Attributes:
        kept: Hosts that the killed run had seen: they were not asked again.
        starting: Seconds until all hosts were up.
    """

    hosts: int
    kinds: Mapping[str, int]
    estate: Estate
    ours: Took
    peer: Took
    kept: int
    again: float
    starting: float


def compare(count: int, folder: Path) -> Compared:
    """Start the hosts, ask them by both, and ask ours once more when all was seen."""
    started = time.monotonic()
    with fleet(count, folder / "fleet") as found:
        starting = time.monotonic() - started
        before = found.spent()
        time.sleep(IDLE_SECONDS)
        idle = {host: _rate(before[host], now) for host, now in found.spent().items()}
        out = folder / "estate"
        kept: list[int] = []
        ours = _took(found, idle, lambda: _ours(found, out, count, kept))
        started = time.monotonic()
        _sen(found, out).communicate()
        again = time.monotonic() - started
        peer = _took(found, idle, lambda: _peer(found))
        kinds = {kind: list(found.kinds.values()).count(kind) for kind in found.kinds.values()}
    estate = load(out / "estate.json")
    return Compared(count, kinds, estate, ours, peer, kept[0], again, starting)


def _took(found: Fleet, idle: Mapping[str, Spent], ask: Callable[[], set[str]]) -> Took:
    before, clock, cpu = found.spent(), time.monotonic(), _cpu()
    answered = ask()
    seconds, cpu = time.monotonic() - clock, _cpu() - cpu
    after = found.spent()
    spent = [_more(before[host], after[host], idle[host]) for host in answered]
    count = max(len(spent), 1)
    return Took(
        seconds,
        cpu,
        len(answered),
        sum(each.seconds for each in spent) / count,
        sum(each.processes for each in spent) / count,
    )


def _rate(before: Spent, after: Spent) -> Spent:
    """Give what a host spends in a second by itself."""
    passed = after.at - before.at
    seconds, processes = after.seconds - before.seconds, after.processes - before.processes
    return Spent(1.0, seconds / passed, processes / passed)


def _more(before: Spent, after: Spent, idle: Spent) -> Spent:
    """Give what a host spent beyond what it spends by itself."""
    passed = after.at - before.at
    return Spent(
        passed,
        after.seconds - before.seconds - idle.seconds * passed,
        after.processes - before.processes - idle.processes * passed,
    )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _ours(found: Fleet, out: Path, count: int, kept: list[int]) -> set[str]:
    """Kill it when half of the hosts are seen, and give the command again."""
    first = _sen(found, out)
    while first.poll() is None and len(list((out / "hosts").glob("*.json"))) < count // 2:
        time.sleep(0.1)
    first.kill()
    first.communicate()
    kept.append(len(list((out / "hosts").glob("*.json"))))
    _, said = _sen(found, out).communicate()
    if not (out / "estate.json").exists():
        raise RuntimeError(said[-2000:])
    estate = load(out / "estate.json")
    return {each.name for each in estate.hosts if each.state is not State.UNREACHABLE}


def _sen(found: Fleet, out: Path) -> subprocess.Popen[str]:
    words = (SEN, "migrate", "discover", str(found.inventory()), "--out", str(out))
    more = ("--ssh-config", str(found.ssh_config), "--parallel", str(PARALLEL))
    state = {"XDG_STATE_HOME": str(out.parent / "state")}
    return _begun([*words, *more], state)


def _peer(found: Fleet) -> set[str]:
    """Let Ansible gather facts of the same hosts, with pipelining and connections that stay."""
    arguments = " ".join((f"-F {found.ssh_config}", *SSH))
    words = ("ansible", "all", "-i", str(found.inventory()), "-m", "setup", "-b", "-o")
    settings = {**SETTINGS, "ANSIBLE_SSH_ARGS": arguments}
    said, _ = _begun([*words, "-f", str(PARALLEL)], settings).communicate()
    return {line.split(" ", 1)[0] for line in said.splitlines() if " | SUCCESS " in line[:80]}


def _begun(words: Sequence[str], variables: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        words,
        cwd=PROJECT,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def report(command: str) -> str:
    """Measure and give the page; fewer hosts where `SEN_BENCH_HOSTS` says so."""
    if reason := machines.why_not():
        raise RuntimeError(reason)
    count = min(int(os.environ.get(HOSTS_VARIABLE, HOSTS)), most())
    with tempfile.TemporaryDirectory() as folder:
        return page(compare(count, Path(folder)), command)


def page(found: Compared, command: str) -> str:
    """Give the page; a ratio over 1 means that ours does more hosts a minute."""
    ours, peer = found.ours, found.peer
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.kinds.items()))
    complete = sum(each.state is State.COMPLETE for each in found.estate.hosts)
    between = {each.name for each in found.estate.hosts}
    flows = [each for each in found.estate.flows if {each.source, each.target} <= between]
    packages = sum(len(each.packages) for each in found.estate.hosts)
    many = ours.a_minute / peer.a_minute
    return f"""# Benchmark: discovery

`{command}` on {machine()}; the machine's load at its end: {os.getloadavg()[1]:.1f}.
{found.hosts} hosts ({kinds}): containers with systemd and sshd on the same machine,
up after {found.starting:.0f} s; {PARALLEL} asked at once by both.
What a host does by itself is not counted as load on it.{_fewer(found.hosts)}

| | s | answered | hosts a minute | CPU s here | CPU s a host | processes a host |
|---|--:|--:|--:|--:|--:|--:|
{_line("`sen migrate discover`", ours)}
{_line(f"`ansible -m setup -f {PARALLEL}`", peer)}

**{ours.seconds / 60:.1f} minutes** for {found.hosts} hosts; at this pace {HOSTS} take
{HOSTS / ours.a_minute:.1f} (aim: under {AIM_MINUTES}). Ratio to Ansible in hosts a minute:
**{many:.2f}**, over 1 ours is faster. Ours reads connections
three times, a second apart, and packages, units, jobs, configuration, sites, databases and
certificates: Ansible's facts hold none of these, and need Python on the host.

- Killed (kill -9) when half was seen: {found.kept} hosts were kept, and the same command asked
  the other {found.hosts - found.kept}; its time is in the table.
- Given again within the hour: {found.again:.1f} s, no host is asked.
- Found: {complete} hosts complete, {packages:,} packages, {len(flows)} flows between hosts.
"""


def _fewer(hosts: int) -> str:
    """Say why there are fewer hosts than are meant to be."""
    if hosts >= HOSTS:
        return ""
    limit = WATCHERS.read_text("ascii").strip()
    return (
        f"\nNot {HOSTS}: `{HOSTS_VARIABLE}` asked for fewer, or this machine's "
        f"`fs.inotify.max_user_instances` ({limit}) lets no more start."
    )


def _line(name: str, took: Took) -> str:
    return (
        f"| {name} | {took.seconds:.0f} | {took.answered} | {took.a_minute:.0f} | {took.cpu:.1f} "
        f"| {took.host_seconds:.2f} | {took.host_processes:.0f} |"
    )
