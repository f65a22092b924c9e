"""What lies in a folder: kind, rights, owner, size and SHA-256 of everything, by name."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from playbooks.migration.files.place import FilesPlace
from playbooks.migration.files.transfer import PARTIAL
from stacks.problem import Problem, ProblemError

FIELDS = 6
# Folders have no size of their own, and links no rights.
_SHAPE = r"-o -printf '%p\0%y\0%m\0%U:%G\0%s\0%l\0'"
_CONTENT = "-o -type f -print0 | xargs -0 -r sha256sum $z"
_ZEROS = "z=; if sha256sum -z /dev/null >/dev/null 2>&1; then z=-z; fi"
_ESCAPES = {b"\\\\": b"\\", b"\\n": b"\n", b"\\r": b"\r"}
Manifest = Mapping[bytes, str]


def manifest(place: FilesPlace, left_out: Sequence[str] | None = None) -> Manifest:
    """Read every file of a folder; the names are bytes, relative to it.

    Paths that are left out begin with a slash, as seen from the folder; where they are given,
    other file systems are looked at too, which else are not.

    Raises:
        ProblemError: The host is not reached, or a file cannot be read.
    """
    at = f"cd {place.quoted} && {_ZEROS}; find . {pruned(left_out)} "
    shapes = dict(_shapes(place.run(at + _SHAPE)))
    sums = dict(_sums(place.run(at + _CONTENT)))
    files = {name for name, shape in shapes.items() if shape.startswith("f ")}
    if files != sums.keys():
        said = {"count": len(files ^ sums.keys())}
        raise ProblemError(Problem("files-changing", str(place), said))
    return {name: f"{shape} {sums.get(name, '')}" for name, shape in shapes.items()}


def manifests(
    old: FilesPlace, new: FilesPlace, left_out: Sequence[str] | None = None
) -> tuple[Manifest, Manifest]:
    """Read both ends at the same time: people wait for the slower one, not for both.

    Raises:
        ProblemError: As of `manifest`.
    """
    with ThreadPoolExecutor(2) as pool:
        before, after = pool.map(lambda place: manifest(place, left_out), (old, new))
    return before, after


def pruned(left_out: Sequence[str] | None) -> str:
    """Give find's words that pass over what rsync keeps for itself, and what is left out."""
    paths = "".join(f" -o -path {shlex.quote('.' + path)}" for path in left_out or ())
    return f"{'-xdev ' if left_out is None else ''}\\( -name {PARTIAL}{paths} \\) -prune"


def shown(name: bytes) -> str:
    """Give a name for people and reports, whatever its bytes are."""
    return name.decode("utf-8", "backslashreplace")


def names(place: FilesPlace) -> list[bytes]:
    """Give every name in a folder, the deepest last."""
    said = place.run(f"cd {place.quoted} && find . -xdev -mindepth 1 -print0")
    found = [each.removeprefix(b"./") for each in said.split(b"\0") if each]
    return sorted((n for n in found if PARTIAL.encode() not in n.split(b"/")), key=_depth)


def _depth(name: bytes) -> tuple[int, bytes]:
    return name.count(b"/"), name


def _shapes(said: bytes) -> Iterator[tuple[bytes, str]]:
    words = said.split(b"\0")[:-1]
    for at in range(0, len(words), FIELDS):
        name, kind, mode, owner, size, leads = words[at : at + FIELDS]
        rights = b"" if kind == b"l" else mode
        length = size if kind == b"f" else b""
        shape = b" ".join((kind, rights, owner, length, leads))
        yield _relative(name), shape.decode("utf-8", "backslashreplace")


def _sums(said: bytes) -> Iterator[tuple[bytes, str]]:
    ending = b"\0" if b"\0" in said else b"\n"
    for line in said.split(ending):
        if not line:
            continue
        escaped = ending == b"\n" and line.startswith(b"\\")
        digest, _, name = line.lstrip(b"\\").partition(b" ")
        name = name[1:]
        if escaped:
            name = re.sub(rb"\\[\\nr]", lambda found: _ESCAPES[found[0]], name)
        yield _relative(name), digest.decode("ascii")


def _relative(name: bytes) -> bytes:
    return name.removeprefix(b"./")
