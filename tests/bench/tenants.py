"""Tenants by `pulumi up` and the same objects by `kubectl apply --server-side`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sen import local
from sen.local.buckets import client
from sen.local.platform import Platform
from sen.runs.environment import environment
from sen.runs.settings import forget, write_baseline, write_tenants
from sen.runs.stack import Stack
from stacks.components.tenant import objects_for
from stacks.models.load import load_requests
from tests.bench.measure import Measure, measure
from tests.bench.raw import raw_seconds
from tests.request_of import request_of

_PER_FILE = 500


@dataclass(frozen=True)
class Size:
    """One size of the comparison; `again` is a second call that has nothing to change."""

    tenants: int
    objects: int
    ours: Measure
    ours_again: Measure
    preview: Measure
    kubectl: Measure
    kubectl_again: Measure
    raw: float
    state_mib: float


def compare(tenants: int) -> Size:
    """Build the same tenants three ways, each on a platform of its own."""
    with TemporaryDirectory() as folder:
        requests = write_requests(Path(folder), tenants)
        objects = [one for each in load_requests(requests) for one in objects_for(each)]
        stream = Path(folder) / "objects.json"
        items = [dict(one) for one in objects]
        stream.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        with ready() as platform:
            raw = raw_seconds(platform, objects)
        with ready() as platform:
            apply = _kubectl(platform, stream)
            kubectl, kubectl_again = measure(apply, {}), measure(apply, {})
        with ready() as platform:
            ours, preview, again, state = _pulumi(platform, requests)
    return Size(tenants, len(objects), ours, again, preview, kubectl, kubectl_again, raw, state)


def write_requests(folder: Path, count: int) -> list[Path]:
    """Write as many requests of one agency, with openings and all three groups."""
    asked = [_request(number) for number in range(count)]
    files = []
    for first in range(0, count, _PER_FILE):
        file = folder / f"requests-{first:05d}.yaml"
        file.write_text(json.dumps(asked[first : first + _PER_FILE], ensure_ascii=False))
        files.append(file)
    return files


def _request(number: int) -> dict[str, Any]:
    slug = f"system-{number:05d}"
    groups = {role: [f"h26-{slug}-{role}"] for role in ("admins", "deployers", "viewers")}
    network = {
        "ingress": [{"cidr": "10.26.0.0/16", "ports": [443]}],
        "egress": [{"cidr": "10.1.2.0/24", "ports": [5432]}],
    }
    ends = date.today() + timedelta(days=365)
    return request_of(
        slug=slug, stage="production", groups=groups, network=network, ends=ends.isoformat()
    )


@contextmanager
def ready(name: str = "bench") -> Iterator[Platform]:
    """Give a fresh platform with its baseline, and take it away."""
    platform = Platform(name)
    local.up(platform)
    baseline = Stack(write_baseline(platform), environment(platform), policies=False)
    try:
        baseline.ensure()
        baseline.up()
        yield platform
    finally:
        local.reset(platform)
        forget(platform)


def _kubectl(platform: Platform, stream: Path) -> list[str]:
    return [
        "kubectl",
        f"--kubeconfig={platform.kubeconfig}",
        "apply",
        "--server-side",
        f"--filename={stream}",
    ]


def _pulumi(platform: Platform, requests: list[Path]) -> tuple[Measure, Measure, Measure, float]:
    variables = environment(platform)
    stack = Stack(write_tenants(platform, "H26", requests), variables)
    stack.ensure()
    words = ["pulumi", "--non-interactive", "--color=never"]
    of = ["--stack", stack.name]
    up = measure([*words, "up", "--yes", "--skip-preview", *of], variables)
    preview = measure([*words, "preview", "--expect-no-changes", *of], variables)
    again = measure(
        [*words, "up", "--yes", "--skip-preview", "--expect-no-changes", *of], variables
    )
    return up, preview, again, _state_mib(platform, stack.name)


def _state_mib(platform: Platform, stack: str) -> float:
    key = f".pulumi/stacks/sen/{stack}.json"
    found = client(platform).head_object(Bucket=platform.state_bucket, Key=key)
    return float(found["ContentLength"]) / 2**20
