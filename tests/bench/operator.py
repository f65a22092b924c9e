"""The operator at work: how soon a tenant is ready, how long a queue takes, what idling costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from sen.local.platform import Platform
from sen.operator.drift import marked
from sen.operator.rest import Rest
from sen.operator.site import MachineSite
from sen.tenancy.asking import Decided, Door
from sen.tenancy.desk import desk_of
from stacks.components.tenant import objects_for
from stacks.models.chain import material
from stacks.models.objects import GROUP, VERSION
from stacks.models.objects.tenant import TenantSpec
from stacks.models.price import monthly_price
from stacks.models.tenant import TenantRequest
from tests.bench.measure import _Peak
from tests.bench.raw import raw_seconds
from tests.bench.tenants import ready
from tests.request_of import request_of

PAGE = "benchmark-operator.md"
SEN = str(Path(sys.executable).parent / "sen")
AGENCIES = ("H26", "H29", "H31", "H15", "H17")
_ROLES = (("heads", "head"), ("security-officers", "security-officer"))
_ALL = f"/apis/{GROUP}/{VERSION}"
STACK = "tenants-h26-benchopdev"
_MIB = 2**20


@dataclass(frozen=True)
class Soon:
    """Seconds from the last approval to Ready, one request after the other."""

    seconds: tuple[float, ...]
    load: float

    def part(self, percent: int) -> float:
        return quantiles(self.seconds, n=100, method="inclusive")[percent - 1]


@dataclass(frozen=True)
class Queue:
    """Requests that were all approved before the operator began."""

    requests: int
    stacks: int
    seconds: float
    peak_mib: float
    load: float


@dataclass(frozen=True)
class Idle:
    """An operator with nothing to do; `cpu` is a share of one core."""

    tenants: int
    objects: int
    cpu: float
    mib: float
    started_seconds: float
    load: float


@dataclass(frozen=True)
class Operator:
    soon: Soon
    queue: Queue
    idle: Idle


def report(command: str) -> str:
    """Measure at full size and give the page."""
    from tests.bench.operator_page import operator_page  # noqa: PLC0415 - it reads our figures

    return operator_page(operate(20, 500, 3372), command)


def operate(one_by_one: int, at_once: int, steady: int) -> Operator:
    """Measure all three, each on a platform of its own."""
    return Operator(_soon(one_by_one), _queue(at_once), _idle(steady))


def _soon(count: int) -> Soon:
    seconds = []
    count += 1  # the first one waits for the operator's start and the stack's, and is not counted
    with _place(AGENCIES[:1]) as (platform, people), _operating(platform):
        for number in range(count):
            asked = _asked(AGENCIES[0], number)
            people[AGENCIES[0]].ask(asked)
            approved = people[AGENCIES[0]].approve(asked)
            _until(lambda: _ready(platform) > number)  # noqa: B023 - called at once
            seconds.append(time.monotonic() - approved)
    return Soon(tuple(seconds[1:]), _load())


def _queue(count: int) -> Queue:
    with _place(AGENCIES) as (platform, people):
        for number in range(count):
            agency = AGENCIES[number % len(AGENCIES)]
            asked = _asked(agency, number)
            people[agency].ask(asked)
            people[agency].approve(asked)
        started = time.monotonic()
        with _operating(platform) as process:
            peak = _Peak(process.pid)
            _until(lambda: _ready(platform) == count)
            seconds = time.monotonic() - started
            peak.stop()
    return Queue(count, len(AGENCIES), seconds, peak.mib, _load())


def _idle(count: int, seconds: float = 120.0) -> Idle:
    with _place(AGENCIES[:1]) as (platform, _):
        objects = _steady(platform, count)
        started = time.monotonic()
        with _operating(platform) as process:
            spent = psutil.Process(process.pid)
            _until(lambda: _quiet(spent))
            began, took = time.monotonic() - started, _cpu(spent)
            process_seconds = time.monotonic()
            with _still(process):
                _wait(process, seconds)
            cpu = (_cpu(spent) - took) / (time.monotonic() - process_seconds)
            mib = spent.memory_info().rss / _MIB
    return Idle(count, objects, cpu, mib, began, _load())


class People:
    """Who asks and who decides at one desk."""

    def __init__(self, platform: Platform, agency: str, folder: Path) -> None:
        self.agency = agency
        prefix = agency.lower()

        def door(who: str) -> Door:
            file = folder / f"{prefix}-{who}"
            return Door(platform.client_kubeconfig(who, [f"oidc:{prefix}-{who}"], file), None)

        self._asks, self._decide = door("requesters"), {r: door(g) for g, r in _ROLES}

    def ask(self, request: TenantRequest) -> None:
        self._asks.ask(request)

    def approve(self, request: TenantRequest) -> float:
        name = f"{request.system.slug}-{request.stage}"
        for role, door in self._decide.items():
            door.decide(self.agency, name, Decided(role, "approve"))
        return time.monotonic()


@contextmanager
def _place(agencies: Sequence[str]) -> Iterator[tuple[Platform, dict[str, People]]]:
    with ready("benchop") as platform, TemporaryDirectory() as folder:
        _sen("operator", "install", "--name", platform.name)
        for each in agencies:
            officer = ("--officer", "a.b@example.gov.vn")
            _sen("operator", "desk", each, *officer, "--name", platform.name)
        yield platform, {each: People(platform, each, Path(folder)) for each in agencies}


@contextmanager
def _operating(platform: Platform) -> Iterator[subprocess.Popen[bytes]]:
    log = platform.state / "operator.log"
    with log.open("ab") as out:
        command = [SEN, "operator", "run", "--name", platform.name, "--log-format", "json"]
        process = subprocess.Popen(command, stderr=out)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def _steady(platform: Platform, count: int) -> int:
    """Put tenants down that are ready, with all that they consist of; give how many objects."""
    rest, at = Rest(MachineSite(platform).api()), datetime.now(UTC).isoformat()
    objects = []
    for number in range(count):
        asked = _asked(AGENCIES[0], number)
        objects += [marked(each, STACK) for each in objects_for(asked)]
        _put_tenant(rest, asked, at)
    raw_seconds(platform, objects)
    return len(objects)


def _put_tenant(rest: Rest, asked: TenantRequest, at: str) -> None:
    spec = TenantSpec(
        request=f"{asked.system.slug}-staging",
        namespace=asked.namespace,
        agency=asked.agency,
        level=asked.system.level,
        starts=asked.starts,
        ends=asked.ends,
        price_vnd=monthly_price(asked),
        material=material(asked),
        approved_at=datetime.fromisoformat(at),
        approved=asked,
    )
    path = f"{_ALL}/namespaces/{desk_of(asked.agency)}/tenants"
    body = {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "Tenant",
        "metadata": {"name": asked.namespace},
        "spec": spec.model_dump(mode="json", exclude_none=True),
    }
    made = rest.ask("POST", path, body)
    condition = {
        "type": "Ready",
        "status": "True",
        "reason": "Built",
        "message": "",
        "lastTransitionTime": at,
        "observedGeneration": 1,
    }
    made["status"] = {"phase": "Ready", "observedGeneration": 1, "conditions": [condition]}
    rest.ask("PUT", f"{path}/{asked.namespace}/status", made)


def _asked(agency: str, number: int) -> TenantRequest:
    return TenantRequest.model_validate(request_of(agency, f"system-{number:04d}", level=2))


def _ready(platform: Platform) -> int:
    rest = Rest(MachineSite(platform).api())
    items = rest.ask("GET", f"{_ALL}/tenantrequests")["items"]
    return sum((each.get("status") or {}).get("phase") == "Ready" for each in items)


def _until(true: Any, pause: float = 0.25) -> None:
    while not true():
        time.sleep(pause)


def _quiet(process: psutil.Process) -> bool:
    """Say whether a process has done next to nothing for ten seconds."""
    before = _cpu(process)
    time.sleep(10)
    return before > 0 and _cpu(process) - before < 1.0


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def _still(process: subprocess.Popen[bytes]) -> Iterator[None]:
    yield
    if process.poll() is not None:
        raise RuntimeError(f"the operator ended with {process.returncode}")


def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _load() -> float:
    return os.getloadavg()[0]


def _sen(*words: str) -> None:
    subprocess.run([SEN, *words], check=True, capture_output=True)


def main() -> None:
    """Run from another program as JSON: what, count."""
    what, count = sys.argv[1], int(sys.argv[2])
    found = {"soon": _soon, "queue": _queue, "idle": _idle}[what](count)
    sys.stdout.write(json.dumps(vars(found)) + "\n")


if __name__ == "__main__":
    main()
