"""Puts journals in place, all or none: what a killed process left is gone on with by the next."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sen.local.files import private_folder, write_private
from sen.migration.handover.bundle import Contents, collected
from stacks.problem import Problem, ProblemError

# In a wave's folder: its journals went to another machine.
HANDED = ".handed"


def _draft(folder: Path) -> Path:
    return folder.with_name(f".draft.{folder.name}")


def _taking(folder: Path) -> Path:
    """Give where journals lie that count already: beside the wave's folder, or they were found."""
    return folder.with_name(f".taking.{folder.name}")


def is_half_taken(folder: Path) -> bool:
    return _taking(folder).is_dir()


def staged(folder: Path, contents: Contents) -> Path:
    """Write what is to be put in place beside the journals; until `place` nothing counts."""
    draft = _draft(folder)
    shutil.rmtree(draft, ignore_errors=True)
    for name, content in contents.items():
        write_private(draft / name, content)
    return draft


def place(folder: Path) -> None:
    """Let what is staged count, and put it in place; from here on a kill changes nothing."""
    _draft(folder).rename(_taking(folder))
    descriptor = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    settle(folder)


def settle(folder: Path) -> None:
    """Put in place what counts already: after a kill, or at once."""
    if not is_half_taken(folder):
        return
    taking = _taking(folder)
    systems = [each.name for each in taking.iterdir() if each.is_dir()]
    wanted = collected(taking, systems)
    for name in collected(folder, systems).keys() - wanted.keys():
        (folder / name).unlink(missing_ok=True)
    for name, content in wanted.items():
        write_private(folder / name, content)
    (folder / HANDED).unlink(missing_ok=True)
    shutil.rmtree(taking)


def hand_over(folder: Path, digest: str) -> None:
    """Note that the journals went to another machine: nobody goes on here."""
    write_private(private_folder(folder) / HANDED, digest)


def refuse_handed(folder: Path) -> None:
    """Refuse a wave that was handed over.

    Raises:
        ProblemError: It was.
    """
    if (folder / HANDED).exists():
        digest = (folder / HANDED).read_text("utf-8", "replace")
        values = {"digest": digest[:64]}
        raise ProblemError(Problem("wave-journals-handed", folder.name, values))
