"""What two settings of a run are worth: checkpoints after each step, and how much goes at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sen.runs.environment import environment
from sen.runs.settings import write_tenants
from sen.runs.stack import Stack
from tests.bench.measure import measure
from tests.bench.tenants import ready, write_requests

_TENANTS = 50
_KNOBS = (
    ("as `sen env` gives it", {}),
    ("a checkpoint after each step", {"PULUMI_SKIP_CHECKPOINTS": "false"}),
    ("8 at once", {"PULUMI_PARALLEL": "8"}),
    ("256 at once", {"PULUMI_PARALLEL": "256"}),
    ("Go's own memory settings", {"GOGC": "100"}),
)


@dataclass(frozen=True)
class Knob:
    """One setting, and what the same `up` took with it."""

    name: str
    tenants: int
    seconds: float
    peak_mib: float


def knobs() -> Iterator[Knob]:
    """Build the same tenants under each setting, each on a platform of its own."""
    with TemporaryDirectory() as folder:
        requests = write_requests(Path(folder), _TENANTS)
        for name, changed in _KNOBS:
            with ready() as platform:
                variables = {**environment(platform), **changed}
                stack = Stack(write_tenants(platform, "H26", requests), variables)
                stack.ensure()
                up = ["pulumi", "--non-interactive", "--color=never", "up", "--yes"]
                took = measure([*up, "--skip-preview", "--stack", stack.name], variables)
            yield Knob(name, _TENANTS, took.seconds, took.peak_mib)
