"""The files gate beside other tools, on the same manifests in the same run."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from policies import load_rules
from policies.kind import kinds
from tests.bench.measure import Measure, measure
from tests.bench.workload import WORKLOADS_IN_TEN, write

HERE = Path(__file__).parent / "peers"
# Ours that say what the ten rules of the peers' files say.
TEN = (
    "no-privileged-container",
    "no-host-path",
    "no-host-namespace",
    "run-as-non-root",
    "image-by-digest",
    "cpu-limit",
    "memory-limit",
    "no-privilege-escalation",
    "read-only-root-filesystem",
    "drop-all-capabilities",
)
SIZES = (1_000, 10_000)


@dataclass(frozen=True)
class Tool:
    """A tool and how it is called.

    Attributes:
        rules: How many rules it applies to a workload.
        codes: Exit codes that say that it looked at everything.
    """

    name: str
    rules: int
    command: Sequence[str]
    codes: tuple[int, ...] = (0, 1)


@dataclass(frozen=True)
class Timed:
    """One tool on all sizes."""

    tool: Tool
    runs: tuple[tuple[int, Measure], ...]

    @property
    def per_workload_and_rule(self) -> float:
        """Give microseconds that one more rule on one more workload takes, start-up left out."""
        (few, first), *_, (many, last) = self.runs
        workloads = (many - few) * WORKLOADS_IN_TEN / 10
        return (last.seconds - first.seconds) / (workloads * self.tool.rules) * 1e6

    @property
    def growth(self) -> float:
        """Give by what the time grew when the documents grew tenfold."""
        return self.runs[-1][1].seconds / self.runs[0][1].seconds


def tools() -> Iterator[Tool]:
    """Give ours with all rules and with ten, then every peer that is on the path."""
    program = str(Path(sys.executable).parent / "sen")
    sen = [program, "check", "files", "--level", "3", "-o", "json"]
    out = ["--out", "OUT"]
    picked = [word for rule in TEN for word in ("--rule", rule)]
    yield Tool("sen, all rules", about_pods(), [*sen, *out, "DIR"])
    yield Tool("sen, ten rules", len(TEN), [*sen, *picked, *out, "DIR"])
    peers = (
        Tool("kube-score", 33, ["kube-score", "score", "FILES"]),
        Tool("conftest", 10, ["conftest", "test", "-p", str(HERE / "conftest.rego"), "DIR"]),
        Tool("kyverno", 10, ["kyverno", "apply", str(HERE / "kyverno.yaml"), "--resource", "DIR"]),
    )
    yield from (each for each in peers if shutil.which(each.command[0]))


def about_pods() -> int:
    """Count the rules that look at a Deployment."""
    return sum("apps/v1/Deployment" in kinds().members(rule.matches) for rule in load_rules())


def compare(sizes: Sequence[int] = SIZES) -> list[Timed]:
    """Run every tool on every size."""
    with tempfile.TemporaryDirectory() as place:
        folders = {size: Path(place) / str(size) for size in sizes}
        for size, folder in folders.items():
            write(folder, size)
        return [_timed(tool, folders) for tool in tools()]


def _timed(tool: Tool, folders: Mapping[int, Path]) -> Timed:
    _run(tool, folders[min(folders)])  # the first call of a program reads it from the disk
    return Timed(tool, tuple((size, _run(tool, folder)) for size, folder in folders.items()))


def _run(tool: Tool, folder: Path) -> Measure:
    files, out = sorted(map(str, folder.iterdir())), folder.parent / "out.json"
    places = {"FILES": files, "DIR": [str(folder)], "OUT": [str(out)]}
    command = [each for word in tool.command for each in places.get(word, [word])]
    found = measure(command, {"NO_COLOR": "1"}, codes=tool.codes)
    if "OUT" in tool.command and json.loads(out.read_text("utf-8"))["looked_at"] != int(
        folder.name
    ):
        raise RuntimeError(f"{tool.name} did not look at everything")
    return found
