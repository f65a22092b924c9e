"""The journals of a wave and what lies beside them, as files by name, and as one sealed file."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from sen.migration.packing import packed, unpacked
from stacks.problem import Problem, ProblemError

MANIFEST = "manifest.json"
KIND = "sen migration journals 1"
JOURNAL = ".jsonl"
# `<system>/<journal>`, or `<system>/<part>/<memory>`: nothing that leads out of a wave's folder.
_NAME = re.compile(r"[\w-][\w. -]*(/[\w-][\w. -]*){1,2}\.jsonl?")
Contents = Mapping[str, bytes]


@dataclass(frozen=True)
class Manifest:
    """What a packed file says of itself.

    Attributes:
        order: Digest of the order by which the machine moved.
        files: SHA-256 by name.
    """

    kind: str
    wave: str
    order: str
    machine: str
    at: dt.datetime
    files: dict[str, str]


_MANIFEST = TypeAdapter(Manifest)


def collected(folder: Path, systems: Iterable[str]) -> dict[str, bytes]:
    """Give what the move of these systems has written into a wave's folder; whole lines only.

    Raises:
        ProblemError: A file cannot be read.
    """
    found: dict[str, bytes] = {}
    for system in systems:
        for file in sorted((folder / system).rglob("*.json*")):
            name = file.relative_to(folder).as_posix()
            if _NAME.fullmatch(name) and file.is_file() and not file.is_symlink():
                found[name] = _content(file)
    return found


def sealed(contents: Contents, wave: str, order: str, at: dt.datetime) -> bytes:
    """Give one file with all of it and the sum of each."""
    sums = {name: _sum(each) for name, each in contents.items()}
    manifest = Manifest(KIND, wave, order, socket.gethostname(), at, sums)
    return packed({**contents, MANIFEST: _MANIFEST.dump_json(manifest, indent=1)})


def opened(file: Path, wave: str, systems: Iterable[str]) -> dict[str, bytes]:
    """Give the files of a packed one.

    Raises:
        ProblemError: It is none, not whole, or of another wave.
    """
    try:
        contents = unpacked(file.read_bytes())
        manifest = _MANIFEST.validate_python(json.loads(contents.pop(MANIFEST)))
    except (ValueError, KeyError, RecursionError) as error:
        raise _other(file, str(error).partition("\n")[0]) from None
    if (manifest.kind, manifest.wave) != (KIND, wave):
        raise _other(file, f"{manifest.kind}: {manifest.wave}")
    found = {name: _sum(each) for name, each in contents.items()}
    if wrong := sorted(dict(found.items() ^ manifest.files.items())):
        raise _other(file, ", ".join(wrong[:5]))
    known = frozenset(systems)
    for name in found:
        if not _NAME.fullmatch(name) or name.partition("/")[0] not in known:
            raise _other(file, name)
    return contents


def _content(file: Path) -> bytes:
    """Give a file; of a journal without the half line that a killed process left."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise _other(file, error.strerror or str(error)) from None
    return data[: data.rfind(b"\n") + 1] if file.suffix == JOURNAL else data


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _other(file: Path, reason: str) -> ProblemError:
    return ProblemError(Problem("wave-journals-other", str(file), {"reason": reason}))
