"""The portal as it is served: two copies before a country, fifty people with and without pauses."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import psutil

from sen import local
from sen.local.authority import CLUSTER, certificate_file
from sen.local.platform import Platform
from sen.local.ports import LOOPBACK
from sen.portal import serve
from stacks.models.agency import agencies
from tests.bench.portal_country import Filled, fill
from tests.bench.portal_load import Caller, Heard, Task
from tests.bench.portal_people import WEIGHTS, bare, browsers, people
from tests.ports import free_port

PAGE = "benchmark-portal.md"
COPIES = 2  # what the chart asks for
PEOPLE = 50
THINK_SECONDS, SECONDS, WARM_SECONDS, FAST_SECONDS = 5.0, 120.0, 20.0, 40.0
ALONE_SECONDS = 6.0  # of each page by itself
ALONE_MOST = 300  # pages of one person: half of what a person may ask in a minute
START_SECONDS = 60.0
_MIB = 2**20


@dataclass(frozen=True)
class Times:
    """How long answers took, in milliseconds."""

    count: int
    p50: float
    p95: float
    p99: float
    errors: int


@dataclass(frozen=True)
class Spent:
    """Processor seconds of one measured stretch."""

    portal: float
    api: float


@dataclass(frozen=True)
class Load:
    """What a crowd met.

    Attributes:
        by_page: Page → its times; `all` over all pages.
        load: Of the machine at the end.
    """

    by_page: Mapping[str, Times]
    seconds: float
    spent: Spent
    mib: float
    load: float

    @property
    def all(self) -> Times:
        return self.by_page["all"]

    @property
    def per_second(self) -> float:
        return self.all.count / self.seconds


@dataclass(frozen=True)
class Measured:
    """One run of the bench; `alone` is each page asked by one after the other."""

    filled: Filled
    people: int
    alone: Mapping[str, Load]
    thinking: Load
    fast: Load
    bare_thinking: Load
    bare_fast: Load


def report(command: str) -> str:
    """Measure at full size and give the page."""
    from tests.bench.portal_page import portal_page  # noqa: PLC0415 - it reads our figures

    return portal_page(measure(), command)


def measure(count: int | None = None, crowd: int = PEOPLE, part: float = 1.0) -> Measured:
    """Fill a platform of its own and measure; `part` shortens every stretch."""
    platform = Platform("benchportal")
    local.up(platform, fsync=False)
    try:
        return measured(platform, fill(platform, count), crowd, part)
    finally:
        local.reset(platform)


def measured(platform: Platform, filled: Filled, crowd: int, part: float = 1.0) -> Measured:
    """Measure before a platform that is filled."""
    opened = list(islice(agencies().all(), filled.agencies))
    who = people(crowd, opened)
    with _served(platform) as (servers, pids):
        callers = browsers(who, servers, serve.settings(platform, _given(0)))
        watched = _Watched(pids, platform.load().parts["kube-apiserver"].pid)
        plain = list(bare(who, platform.server))
        files = _portals_own(platform)
        alone = {
            page: watched.load(Task([one], {page: 1}, 0.0, ALONE_SECONDS * part, most=ALONE_MOST))
            for page, one in in_turn(callers, WEIGHTS).items()
        }
        think = (THINK_SECONDS, SECONDS * part, WARM_SECONDS * part)
        return Measured(
            filled,
            crowd,
            alone,
            watched.load(Task(callers, WEIGHTS, *think)),
            watched.load(Task(callers, WEIGHTS, 0.0, FAST_SECONDS * part, 5.0 * part)),
            watched.load(Task(plain, {"list": 1}, *think, files)),
            watched.load(Task(plain, {"list": 1}, 0.0, FAST_SECONDS * part, 2.0 * part, files)),
        )


def in_turn(callers: Sequence[Caller], pages: Iterable[str]) -> dict[str, Caller]:
    """Give each page a caller of its own, from the middle of those who open it.

    One person who opened them all would soon be told to come back in a minute, and that answer
    would be what is measured.
    """
    found: dict[str, Caller] = {}
    for page in pages:
        taken = {id(each) for each in found.values()}
        able = [each for each in callers if page in each.pages and id(each) not in taken]
        if able:
            found[page] = able[len(able) // 2]
    return found


class _Watched:
    """Runs loads, and counts what the portal and the API server spend meanwhile."""

    def __init__(self, pids: Sequence[int], api: int) -> None:
        self._portal, self._api = [psutil.Process(pid) for pid in pids], psutil.Process(api)

    def load(self, task: Task) -> Load:
        before, began = self._now(), time.monotonic()
        heard = _driven(task)
        after, took = self._now(), time.monotonic() - began
        mib = max(each.memory_info().rss for each in self._portal) / _MIB
        # What was spent while it warmed up is not part of it.
        part = task.seconds / (task.seconds + task.warm_seconds)
        spent = Spent((after.portal - before.portal) * part, (after.api - before.api) * part)
        seconds = min(took, task.seconds)
        return Load(_times(heard), seconds, spent, mib, os.getloadavg()[0])

    def _now(self) -> Spent:
        return Spent(sum(map(_cpu, self._portal)), _cpu(self._api))


def _driven(task: Task) -> Heard:
    given = json.dumps(asdict(task))
    command = [sys.executable, "-m", "tests.bench.portal_load"]
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True)
    heard = Heard(**json.loads(done.stdout))
    for path, status, said in heard.failed:
        sys.stderr.write(f"{status} {path}\n{said}\n")
    return heard


def _times(heard: Heard) -> dict[str, Times]:
    every = [each for found in heard.seconds.values() for each in found]
    by_page = {**{page: heard.seconds.get(page, []) for page in heard.seconds}, "all": every}
    errors = {**heard.errors, "all": sum(heard.errors.values())}
    return {page: _timed(found, errors.get(page, 0)) for page, found in by_page.items()}


def _timed(seconds: Sequence[float], errors: int) -> Times:
    if len(seconds) < 2:
        only = seconds[0] * 1000 if seconds else 0.0
        return Times(len(seconds), only, only, only, errors)
    parts = quantiles(seconds, n=100, method="inclusive")
    p50, p95, p99 = (parts[each - 1] * 1000 for each in (50, 95, 99))
    return Times(len(seconds), p50, p95, p99, errors)


@contextmanager
def _served(platform: Platform) -> Iterator[tuple[list[str], list[int]]]:
    """Serve as the chart does: two copies of `sen portal run`, one key, an OIDC provider named."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        secret = folder / "secret"
        secret.write_text("made up for this run", "utf-8")
        servers, pids = [], []
        for number in range(COPIES):
            port = free_port()
            log = stack.enter_context((folder / f"{number}.log").open("wb"))
            process = stack.enter_context(_copy(platform, port, secret, log.fileno()))
            servers.append(f"http://{LOOPBACK}:{port}")
            pids.append(process.pid)
        yield servers, pids


@contextmanager
def _copy(
    platform: Platform, port: int, secret: Path, log: int
) -> Iterator[subprocess.Popen[bytes]]:
    command = [
        *(str(Path(sys.executable).with_name("sen")), "portal", "run", "--name", platform.name),
        *("--port", str(port), "--oidc-issuer", f"http://{LOOPBACK}:1", "--oidc-secret-file"),
        str(secret),
    ]
    process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_for(process, port)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as caller:
            if caller.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the portal did not come up")


def _given(port: int) -> serve.Given:
    return serve.Given(f"http://{LOOPBACK}:{port}", dev_login=True, directory=None)


def _portals_own(platform: Platform) -> tuple[str, str, str]:
    folder = platform.state / "portal"
    authority = certificate_file(platform.pki, CLUSTER)
    return str(authority), str(folder / "portal.crt"), str(folder / "portal.key")


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
