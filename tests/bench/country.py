"""The whole country: a tenant for each of 3,372 agencies, and what the bare API takes for them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta

from sen import local
from sen.demo.build import Built, build_baseline, build_tenants
from sen.demo.country import write_country
from sen.local.platform import Platform
from sen.runs.settings import forget
from sen.tenancy.listing import tenants
from stacks.components.tenant import objects_for
from stacks.models.country import country
from stacks.models.tenant import Stage
from tests.bench.raw import raw_seconds
from tests.bench.tenants import ready


@dataclass(frozen=True)
class Country:
    """One build of the whole country.

    Attributes:
        seconds: From the first stack's start to the last one's end, the platform being up.
        slowest: The stack that took longest.
        raw: Seconds for the same objects by bare requests, on a platform of their own.
    """

    tenants: int
    objects: int
    stacks: int
    seconds: float
    slowest: Built
    raw: float


def build_country() -> Country:
    """Build it once, with the policy pack, as `sen demo country` does."""
    today = date.today()
    ends = today + timedelta(days=365)
    objects = [one for each in country(Stage.STAGING, today, ends) for one in objects_for(each)]
    with ready("benchraw") as bare:
        raw = raw_seconds(bare, objects)
    platform = Platform("country")
    built: list[Built] = []
    local.up(platform)
    try:
        build_baseline(platform, told=built.append)
        shards = write_country(platform.state / "country", Stage.STAGING, today, ends)
        started = time.monotonic()
        build_tenants(platform, shards, told=built.append)
        seconds = time.monotonic() - started
        count = len(tenants(platform.kubeconfig, platform.context))
    finally:
        local.reset(platform)
        forget(platform)
    slowest = max(built, key=lambda each: each.seconds)
    return Country(count, len(objects), len(built) - 1, seconds, slowest, raw)
