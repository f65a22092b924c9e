"""What lies in a folder: kind, rights, owner, size and SHA-256 of everything, by name."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from playbooks.migration.files import sums
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.files.transfer import PARTIAL
from stacks.problem import Problem, ProblemError

FIELDS = 6
# Folders have no size of their own, and links no rights.
_SHAPE = r"-o -printf '%p\0%y\0%m\0%U:%G\0%s\0%l\0'"
_CONTENT = "-o -type f -print0"
Manifest = Mapping[bytes, str]


def manifest(place: FilesPlace, left_out: Sequence[str] | None = None) -> Manifest:
    """Read every file of a folder; the names are bytes, relative to it.

    Paths that are left out begin with a slash, as seen from the folder; where they are given,
    other file systems are looked at too, which else are not.

    Raises:
        ProblemError: The host is not reached, or a file cannot be read.
    """
    inside, find = f"cd {place.quoted} || exit; ", f"find . {pruned(left_out)} "
    shapes = dict(_shapes(place.run(inside + find + _SHAPE)))
    found = sums.told(place.run(inside + sums.asked(find + _CONTENT)))
    content = {_relative(name): digest for name, digest in found}
    files = {name for name, shape in shapes.items() if shape.startswith("f ")}
    if files != content.keys():
        said = {"count": len(files ^ content.keys())}
        raise ProblemError(Problem("files-changing", str(place), said))
    return {name: f"{shape} {content.get(name, '')}" for name, shape in shapes.items()}


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


def _relative(name: bytes) -> bytes:
    return name.removeprefix(b"./")
