"""The target's size from measured use, its price there, and what it costs today."""

from __future__ import annotations

import datetime as dt
import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources

import yaml

from playbooks.migration.discover.model import Host
from stacks.models.base import Model
from stacks.models.price import price, price_lists, prices_on
from stacks.models.quota import SIZES, Quota, Size

HEAD_ROOM = 1.3
DISK_HEAD_ROOM = 1.5
MONTHS_AHEAD = 12
LEAST_SAMPLES = 20
_GIB = 1 << 20  # in KiB
UNKNOWN_LEVEL = 3


class Target(Model):
    """What a system needs on the platform.

    Attributes:
        measured: False where samples are too few, and the machine's own size was taken.
    """

    size: Size
    quota: Quota
    cores_p95: float
    memory_gib_p95: float
    data_gib: float
    samples: int
    measured: bool


class Cost(Model):
    """VND a month: on the platform at a level, and today."""

    platform_vnd: int
    level: int
    level_known: bool
    prices_from: dt.date
    today_vnd: int
    today_estimated: bool
    estimate_from: dt.date | None = None


class CostTable(Model):
    valid_from: dt.date
    host_vnd: int
    core_vnd: int
    memory_gib_vnd: int
    storage_gib_vnd: int
    operation_vnd: int


def p95(values: Sequence[float]) -> float:
    """Give the value that 95 of 100 do not exceed (nearest rank); 0 of none."""
    ordered = sorted(values)
    return ordered[math.ceil(len(ordered) * 0.95) - 1] if ordered else 0.0


def target(hosts: Sequence[Host], data_gib: float, growth: float = 0.0) -> Target:
    """Give the size: p95 of use with head-room; without enough samples the machines' own.

    Disks get half as much again, or what they grow (GiB a month) within a year if that is more.
    """
    cores = memory = 0.0
    samples = min((len(each.loads) for each in hosts), default=0)
    measured = samples >= LEAST_SAMPLES
    for each in hosts:
        if measured:
            cores += p95([load.cpu_share for load in each.loads]) * each.system.cpus
            memory += p95([load.memory_kib for load in each.loads]) / _GIB
        else:
            cores += each.system.cpus
            memory += each.system.memory_kib / _GIB
    room = HEAD_ROOM if measured else 1.0
    need = (
        max(1, math.ceil(cores * room)),
        max(1, math.ceil(memory * room)),
        max(1, math.ceil(max(data_gib * DISK_HEAD_ROOM, data_gib + MONTHS_AHEAD * growth))),
    )
    size = fitting(*need)
    return Target(
        size=size,
        quota=_quota(SIZES[size], *need),
        cores_p95=round(cores, 2),
        memory_gib_p95=round(memory, 2),
        data_gib=data_gib,
        samples=samples,
        measured=measured,
    )


def fitting(cpu: int, memory_gib: int, storage_gib: int) -> Size:
    """Give the smallest size that holds all three; XL where none does."""
    for size, quota in SIZES.items():
        if cpu <= quota.cpu and memory_gib <= quota.memory_gib and storage_gib <= quota.storage_gib:
            return size
    return Size.XL


def _quota(ceiling: Quota, cpu: int, memory_gib: int, storage_gib: int) -> Quota:
    return ceiling.model_copy(
        update={"cpu": cpu, "memory_gib": memory_gib, "storage_gib": storage_gib}
    )


@functools.cache
def cost_tables() -> tuple[CostTable, ...]:
    """Read `costs.yaml`, the oldest first."""
    text = resources.files(__package__).joinpath("costs.yaml").read_text("utf-8")
    found = [CostTable.model_validate(each) for each in yaml.load(text, yaml.CSafeLoader)]
    return tuple(sorted(found, key=lambda each: each.valid_from))


def cost(
    hosts: Sequence[Host],
    size: Target,
    level: int | None,
    answers: Mapping[str, str],
    day: dt.date,
) -> Cost:
    """Compare; a level that nobody knows yet counts as 3, and is said so."""
    prices = prices_on(day, price_lists())
    held = [each for each in cost_tables() if each.valid_from <= day]
    table = held[-1] if held else cost_tables()[0]
    given = answers.get("today_vnd")
    return Cost(
        platform_vnd=price(size.quota, level or UNKNOWN_LEVEL, prices),
        level=level or UNKNOWN_LEVEL,
        level_known=level is not None,
        prices_from=prices.valid_from,
        today_vnd=int(given) if given else estimated(hosts, table),
        today_estimated=not given,
        estimate_from=None if given else table.valid_from,
    )


def estimated(hosts: Iterable[Host], table: CostTable) -> int:
    """Estimate what hosts cost a month by the dated table."""
    total = 0.0
    for each in hosts:
        disk = (
            sum(one.gib for one in each.disks)
            or sum(one.total_kib for one in each.filesystems) / _GIB
        )
        total += table.host_vnd + table.operation_vnd + each.system.cpus * table.core_vnd
        total += each.system.memory_kib / _GIB * table.memory_gib_vnd
        total += disk * table.storage_gib_vnd
    return math.ceil(total)
