"""The files gate: manifests in files or from a pipe, before anybody applies them."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from policies.finding import Gate
from policies.gates.choice import Choice
from policies.gates.crew import judged
from policies.gates.look import Look
from policies.gates.unit import Unit, units
from stacks.problem import Problem, ProblemError

STDIN = "-"
MANIFESTS = frozenset((".yaml", ".yml", ".json"))
# Not objects of a cluster, but what makes them.
_RECIPES = frozenset(("kustomization.yaml", "kustomization.yml", "Kustomization"))
_CHART = "Chart.yaml"
MAX_MIB = 256


@dataclass(frozen=True)
class Collected:
    """What could be read, and why the rest could not."""

    units: tuple[Unit, ...]
    problems: tuple[Problem, ...]


def check(
    paths: Sequence[str], choice: Choice, *, jobs: int = 0, pipe: BinaryIO | None = None
) -> Look:
    """Judge every object in files, folders and (`-`) standard input.

    `jobs` is the number of processes; 0 takes as many as are worth it.
    """
    collected = collect(paths, pipe)
    look = judged(collected.units, choice, Gate.FILES, jobs=jobs)
    return replace(look, problems=(*collected.problems, *look.problems))


def collect(paths: Iterable[str], pipe: BinaryIO | None = None) -> Collected:
    """Read what was named; what cannot be read stops nothing else."""
    found: dict[str, tuple[Unit, ...]] = {}
    problems: list[Problem] = []
    for path in paths:
        for name, read in _sources(path, pipe):
            if name not in found:
                try:
                    found[name] = tuple(units(name, decoded(name, read()), problems))
                except ProblemError as error:
                    problems += error.problems
                except OSError as error:
                    problems.append(_unreadable(name, error))
    return Collected(tuple(each for one in found.values() for each in one), tuple(problems))


def read(path: Path) -> str:
    """Give the text of one file.

    Raises:
        ProblemError: It cannot be read.
    """
    try:
        return decoded(str(path), _reader(path)())
    except OSError as error:
        raise ProblemError(_unreadable(str(path), error)) from None


def decoded(name: str, raw: bytes) -> str:
    """Give the text of a file.

    Raises:
        ProblemError: It is too large, binary, or in another encoding.
    """
    if len(raw) > MAX_MIB << 20:
        raise ProblemError(Problem("check-file-large", name, {"mib": MAX_MIB}))
    zero = raw.find(b"\0")
    if zero >= 0:
        raise ProblemError(Problem("check-file-binary", name, {"byte": zero}))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError(Problem("check-file-binary", name, {"byte": error.start})) from None


def _sources(path: str, pipe: BinaryIO | None) -> Iterator[tuple[str, Callable[[], bytes]]]:
    if path == STDIN:
        yield "<stdin>", (pipe or sys.stdin.buffer).read
    elif Path(path).is_dir():
        for each in _manifests(Path(path)):
            yield str(each), _reader(each)
    else:
        yield path, _reader(Path(path))


def _reader(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        if path.name == _CHART:
            values = {"chart": path.parent}
            raise ProblemError(Problem("check-file-chart", str(path.parent), values))
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISFIFO(status.st_mode):
            raise ProblemError(
                Problem("check-file-unreadable", str(path), {"reason": "no regular file"})
            )
        if status.st_size > MAX_MIB << 20:
            raise ProblemError(Problem("check-file-large", str(path), {"mib": MAX_MIB}))
        return path.read_bytes()

    return read


def _manifests(folder: Path) -> Iterator[Path]:
    """Give the manifests under a folder, hidden folders left out; a chart is refused as a whole."""
    for place, folders, files in os.walk(folder):
        if _CHART in files:
            folders.clear()
            yield Path(place) / _CHART
            continue
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(files):
            if Path(name).suffix in MANIFESTS and name not in _RECIPES:
                yield Path(place) / name


def _unreadable(name: str, error: OSError) -> Problem:
    reason = error.strerror or type(error).__name__
    return Problem("check-file-unreadable", name, {"reason": reason})
