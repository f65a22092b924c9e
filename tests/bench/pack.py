"""What the policy pack adds to a preview: the same plan with and without it, in turns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from policies import load_rules
from sen.paths import PROJECT
from sen.runs.environment import environment
from sen.runs.settings import write_tenants
from sen.runs.stack import Stack
from stacks.components.tenant import objects_for
from stacks.models.load import load_requests
from tests.bench.measure import measure
from tests.bench.tenants import ready, write_requests

_TENANTS = 72
_TURNS = 2


@dataclass(frozen=True)
class Pack:
    """Seconds of a preview that would make everything, the better of the turns."""

    rules: int
    resources: int
    bare: float
    judged: float

    @property
    def added(self) -> float:
        return self.judged - self.bare


def preview() -> Pack:
    """Preview about a thousand resources."""
    with TemporaryDirectory() as folder, ready() as platform:
        requests = write_requests(Path(folder), _TENANTS)
        resources = sum(len(objects_for(each)) for each in load_requests(requests))
        variables = environment(platform)
        stack = Stack(write_tenants(platform, "H26", requests), variables)
        stack.ensure()
        command = ["pulumi", "--non-interactive", "--color=never", "preview", "--stack", stack.name]
        judged = [*command, "--policy-pack", str(PROJECT / "policies")]
        times = [
            (measure(command, variables).seconds, measure(judged, variables).seconds)
            for _ in range(_TURNS)
        ]
    bare, with_pack = (min(each) for each in zip(*times, strict=True))
    return Pack(len(load_rules()), resources, bare, with_pack)
