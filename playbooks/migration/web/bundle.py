"""Some files of a folder on a host, read and written in one go, with rights, owner and time."""

from __future__ import annotations

import dataclasses
import io
import shlex
import tarfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playbooks.migration.files.place import FilesPlace
from playbooks.migration.files.transfer import PARTIAL


@dataclass(frozen=True)
class Piece:
    """A file.

    Attributes:
        header: Mode, owner and time, as tar has them.
    """

    data: bytes
    header: tarfile.TarInfo

    def holding(self, data: bytes) -> Piece:
        """Give the file with another content, a second younger: rsync then sees that it differs."""
        header = self.named(self.header.name)
        header.mtime = int(self.header.mtime) + 1
        return Piece(data, header)

    def named(self, name: str) -> tarfile.TarInfo:
        """Give a header with nothing that tar once kept beside it."""
        header = tarfile.TarInfo(name)
        header.mode, header.mtime = self.header.mode, self.header.mtime
        header.uid, header.gid = self.header.uid, self.header.gid
        header.size = len(self.data)
        return header


def files(place: FilesPlace) -> list[bytes]:
    """Give the names of all files in a folder, relative to it.

    Raises:
        ProblemError: The host is not reached.
    """
    found = f"find . -xdev -name {PARTIAL} -prune -o -type f -print0"
    said = place.run(f"cd {place.quoted} && {found}")
    return sorted(each.removeprefix(b"./") for each in said.split(b"\0") if each)


def read(place: FilesPlace, names: Sequence[bytes]) -> dict[bytes, Piece]:
    """Read these files.

    Raises:
        ProblemError: The host is not reached, or a file is not there.
    """
    if not names:
        return {}
    given = b"".join(b"./%b\0" % name for name in names)
    text = f"cd {place.quoted} && tar -c --format=pax --hard-dereference --null -T - -f -"
    with tarfile.open(fileobj=io.BytesIO(place.run(text, given))) as archive:
        return {
            member.name.encode("utf-8", "surrogateescape").removeprefix(b"./"): Piece(
                _content(archive, member), member
            )
            for member in archive
        }


def write(place: FilesPlace, pieces: Mapping[bytes, Piece]) -> None:
    """Write these files in place, so that their folders and further attributes stay as they are.

    Raises:
        ProblemError: The host is not reached, or it does not take them.
    """
    if not pieces:
        return
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, piece in pieces.items():
            path = "./" + name.decode("utf-8", "surrogateescape")
            archive.addfile(piece.named(path), io.BytesIO(piece.data))
    text = f"cd {place.quoted} && tar -x --overwrite -p --numeric-owner -f - && sync"
    place.run(text, out.getvalue())


def spread(place: FilesPlace, path: str, texts: Mapping[str, str]) -> None:
    """Write small files that all may read into a folder, as root's.

    Raises:
        ProblemError: The host is not reached, or it does not take them.
    """
    header = tarfile.TarInfo()
    header.mode, header.mtime = 0o644, int(time.time())
    pieces = {name.encode(): Piece(text.encode(), header) for name, text in texts.items()}
    write(dataclasses.replace(place, path=path), pieces)


def folder(path: str) -> str:
    """Give a shell text that makes a folder, and those above it, which all may read."""
    return f"(umask 022; mkdir -p {shlex.quote(path)})"


def put(place: FilesPlace, path: str, data: bytes, mode: str = "644", judge: str = "") -> None:
    """Replace a file of the host; where `judge`, a shell text, refuses, what was there comes back.

    Raises:
        ProblemError: The host is not reached, or it refuses the file.
    """
    at, new, old = (shlex.quote(f"{path}{end}") for end in ("", ".sen-new", ".sen-old"))
    kept = f"rm -f {old}; if [ -e {at} ]; then cp -p {at} {old}; fi"
    made = f"{folder(path.rpartition('/')[0])} && umask 077 && cat > {new}"
    moved = f"chmod {mode} {new} && sync {new} && mv -f {new} {at}"
    back = f"if [ -e {old} ]; then mv -f {old} {at}; else rm -f {at}; fi; exit 1"
    judged = f"{{ {judge}; }} || {{ {back}; }}" if judge else ":"
    place.run(f"{made} && {{ {kept}; }} && {moved} && {{ {judged}; }} && rm -f {old}", data)


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    taken = archive.extractfile(member)
    return taken.read() if taken else b""
