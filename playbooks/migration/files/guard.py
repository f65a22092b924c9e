"""Keeps a pass from emptying a folder: a disk not mounted, the wrong folder, no room."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.files.place import FilesPlace
from playbooks.migration.files.transfer import DELETED, PARTIAL, transfer
from stacks.problem import Problem, ProblemError

KIB = 1024
_LOOK = (
    "test -d {path} || exit 0; cd {path} && ls -A | grep -vxc '{partial}'; "
    "df -P . | awk 'NR==2 {{print $6; print $4}}'"
)


@dataclass(frozen=True)
class Look:
    """What a folder looks like from above.

    Attributes:
        entries: In the folder itself; None where there is no such folder.
        mount: Where the file system that it is on is mounted.
        free: Bytes that the file system still takes.
    """

    entries: int | None
    mount: str = ""
    free: int = 0


def look(place: FilesPlace) -> Look:
    """Ask the host.

    Raises:
        ProblemError: It is not reached.
    """
    said = place.run(_LOOK.format(path=place.quoted, partial=PARTIAL)).decode().splitlines()
    return Look(int(said[0]), said[1], int(said[2]) * KIB) if said else Look(None)


def bytes_in(place: FilesPlace) -> int:
    """Give what the files take on the disk."""
    said = place.run(f"du -skx {place.quoted}")
    return int(said.split()[0]) * KIB


def full(place: FilesPlace, mount: str | None) -> Look:
    """Look at a folder that must have something in it, where it was before.

    Raises:
        ProblemError: It is not there, is empty, or is on another file system than before.
    """
    found = look(place)
    if not found.entries:
        raise ProblemError(Problem("files-empty", str(place)))
    if mount is not None and found.mount != mount:
        said = {"mount": mount, "now": found.mount}
        raise ProblemError(Problem("files-not-mounted", str(place), said))
    return found


def few_deleted(new: FilesPlace, old: FilesPlace, most: int, *, back: bool = False) -> int:
    """Ask rsync what a pass would delete, without doing it.

    Raises:
        ProblemError: It would delete more than `most`.
    """
    dry = transfer(new, old, ("--dry-run", "--itemize-changes"), back=back)
    count = sum(line.startswith(DELETED) for line in dry.items)
    if count > most:
        said = {"count": count, "most": most}
        raise ProblemError(Problem("files-too-many-deleted", str(old if back else new), said))
    return count


@dataclass(frozen=True)
class Memory:
    """What a move remembers beside its journal: `<folder>/<name>.json`."""

    path: Path

    def read(self) -> Mapping[str, object]:
        try:
            said = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise self.broken()
        return said

    def broken(self) -> ProblemError:
        """Give what is told where it does not hold what was kept."""
        return ProblemError(Problem("files-memory-broken", str(self.path)))

    def keep(self, **more: object) -> None:
        """Add to what is remembered; on the disk before this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as out:
            json.dump({**self.read(), **more}, out)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self.path)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
