"""Room on the disk: asked before a build, and said plainly when it runs out during one."""

import errno
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from sen.errors import MissingPartError
from sen.tools.catalogue import Family
from stacks.problem import Problem

MIB = 1 << 20
DISK_FULL = "tool-disk-full"
FULL = ("no space left on device", "disk quota exceeded")
FULL_ERRNO = (errno.ENOSPC, errno.EDQUOT)


def is_full(error: OSError) -> bool:
    return error.errno in FULL_ERRNO


def says_full(text: str) -> bool:
    return any(words in text.lower() for words in FULL)


def need_mib(families: Sequence[Family]) -> int:
    """Give what a cold build takes: Go's caches, the binaries, and as much again while linking."""
    return sum(family.cold_mib + 2 * family.size_mib for family in families)


def check_room(families: Sequence[Family], cache: Path, go_caches: Sequence[Path]) -> None:
    """Refuse to begin what cannot end; what Go's caches hold already is not needed again."""
    binaries = sum(2 * family.size_mib for family in families)
    _require(cache, binaries)
    need = need_mib(families)
    for folder in go_caches:
        if free_mib(folder) < need:
            held = sum(size_mib(held) for held in go_caches)
            _require(folder, max(binaries, need - held))


def full(folder: Path, families: Sequence[Family]) -> MissingPartError:
    values = {"free": free_mib(folder), "need": need_mib(families)}
    return MissingPartError(Problem(DISK_FULL, str(folder), values))


def free_mib(folder: Path) -> int:
    """Give what is free on the disk on which the folder stands, or will stand."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free // MIB


def size_mib(folder: Path) -> int:
    total = 0
    for root, _, files in os.walk(folder):
        total += sum(_size(Path(root, file)) for file in files)
    return total // MIB


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:  # gone while we looked
        return 0


def _require(folder: Path, need: int) -> None:
    free = free_mib(folder)
    if free < need:
        values = {"free": free, "need": need}
        raise MissingPartError(Problem("tool-disk-short", str(folder), values))
