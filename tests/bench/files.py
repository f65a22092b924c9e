"""Folders from host to host: ours beside plain rsync with the same options, on the same files."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playbooks.migration.files import FilesMove, FilesPlace
from playbooks.migration.files.transfer import KEPT
from playbooks.migration.steps import Journal, Run
from stacks.remote import Remote
from tests.bench.report import machine
from tests.ssh import SSH

PAGE = "benchmark-files.md"
# Name, files, bytes of each; a tenth of it where the variable says so.
SHAPES = (("2 GiB in large files", 20, 100 << 20), ("50,000 small files", 50_000, 4096))
SMALL_VARIABLE = "SEN_BENCH_FILES_SMALL"
_FOLDER = 500
ROUNDS = 3


@dataclass(frozen=True)
class Took:
    """Seconds by the clock, and of processors."""

    seconds: float
    cpu: float


@dataclass(frozen=True)
class Shape:
    """All that was measured of one kind of folder: ours and rsync's."""

    name: str
    first: tuple[Took, Took]
    again: tuple[Took, Took]
    compared: tuple[Took, Took]


def measured(name: str, files: int, size: int, folder: Path) -> Shape:
    """Copy, copy again with nothing to do, compare; each by both, in turn."""
    old = folder / "old"
    _written(old, files, size)
    best = [Took(float("inf"), 0.0)] * 2
    for number in range(ROUNDS):
        ours, theirs = (folder / f"{each}-{number}" for each in ("ours", "theirs"))
        moving = _move(old, ours, folder / f"memory-{number}")
        theirs.mkdir()
        to_them = _peer(old, theirs)
        fill = moving.fill()[:2]  # the check, and the first pass
        ways = [partial(_run, fill, folder / f"one-{number}"), partial(_said, to_them)]
        for way in (0, 1) if number % 2 == 0 else (1, 0):
            best[way] = min(best[way], _took(ways[way]), key=lambda each: each.seconds)
        if number < ROUNDS - 1:
            shutil.rmtree(ours)
            shutil.rmtree(theirs)
    shape = Shape(
        name,
        (best[0], best[1]),
        (_took(lambda: _run(fill[1:], folder / "two")), _took(lambda: _said(to_them))),
        (_took(lambda: _good(moving)), _took(lambda: _said([*to_them, "--dry-run", "--checksum"]))),
    )
    for each in (old, ours, theirs):
        shutil.rmtree(each)
    return shape


def _peer(old: Path, new: Path) -> list[str]:
    return ["rsync", *KEPT, "--max-delete=1000", "-e", "ssh", f"{old}/", f"new:{new}/"]


def _written(folder: Path, files: int, size: int) -> None:
    """Write files of chance bytes, five hundred a folder, each read once so that both find it."""
    chance = random.Random(20261122)  # noqa: S311 - test data
    for number in range(files):
        path = folder / f"{number // _FOLDER}" / f"hồ sơ {number}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(chance.randbytes(size))


def _move(old: Path, new: Path, folder: Path) -> FilesMove:
    ends = [
        FilesPlace(Remote(name), str(path), as_root=False)
        for name, path in (("old", old), ("new", new))
    ]
    return FilesMove("files", *ends, folder, most_deleted=1000)


def _run(steps: list, journal: Path) -> None:  # type: ignore[type-arg]
    Run("bench", steps, Journal(journal), lambda *_: None).forward()


def _good(moving: FilesMove) -> None:
    if not moving.verify().good:
        raise RuntimeError("the two ends differ")


def _said(words: list[str]) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def _took(act: Callable[[], None]) -> Took:
    os.sync()
    clock, cpu = time.monotonic(), _cpu()
    act()
    os.sync()
    return Took(time.monotonic() - clock, _cpu() - cpu)


def _cpu() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(each) for each in kinds]
    return sum(each.ru_utime + each.ru_stime for each in used)


@contextmanager
def _ssh_leads_here(folder: Path) -> Iterator[None]:
    """Let both speak to a shell here instead of a host: what is measured is not the cipher."""
    program = folder / "ssh"
    # rsync says the host and its words, ours options and `--` before them.
    text = SSH.replace(
        'while [ "$1" != -- ]', 'if [ "$1" = new ]; then set -- -- "$@"; fi\nwhile [ "$1" != -- ]'
    )
    program.write_text(text, "utf-8")
    program.chmod(0o755)
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{folder}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before


def report(command: str) -> str:
    """Measure and give the page."""
    part = 10 if os.environ.get(SMALL_VARIABLE) == "1" else 1
    with tempfile.TemporaryDirectory() as name, _ssh_leads_here(Path(name)):
        shapes = [
            measured(called, files // part, size, Path(tempfile.mkdtemp(dir=name)))
            for called, files, size in SHAPES
        ]
    return page(shapes, command)


def page(shapes: list[Shape], command: str) -> str:
    """Give the page; a ratio under 1 means that ours is faster."""
    rows = "\n".join(
        _row(shape.name, act, took)
        for shape in shapes
        for act, took in (
            ("first copy", shape.first),
            ("again, nothing to do", shape.again),
            ("compare content", shape.compared),
        )
    )
    return f"""# Benchmark: files

`{command}` on {machine()}; the machine's load at its end: {os.getloadavg()[1]:.1f}.
Both ends are folders of this machine, joined by a shell in place of ssh: no cipher and no network
is measured. Both use rsync with the same options; ours passes every byte through the machine that
runs `sen`, so that no host needs a key of the other. A first copy is the best of {ROUNDS}, in turn.

| files | | ours s | rsync s | ratio | ours CPU s | rsync CPU s |
|---|---|--:|--:|--:|--:|--:|
{rows}

Ours looks at both ends before it copies (mount, room, that nothing is overwritten or emptied). To
compare, it hashes every file with SHA-256 on its host and asks rsync for rights, ACLs, attributes
and links; beside it stands `rsync --dry-run --checksum`, which has a quicker sum.
"""


def _row(name: str, act: str, took: tuple[Took, Took]) -> str:
    ours, peer = took
    ratio = ours.seconds / peer.seconds
    return (
        f"| {name} | {act} | {ours.seconds:.1f} | {peer.seconds:.1f} | **{ratio:.2f}** "
        f"| {ours.cpu:.1f} | {peer.cpu:.1f} |"
    )
