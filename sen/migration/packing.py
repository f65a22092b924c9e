"""Files by their names as one gzipped tar: the same files are the same bytes, whenever packed."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Mapping


def packed(contents: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as box:
        for name, content in sorted(contents.items()):
            about = tarfile.TarInfo(name)
            about.size, about.mode = len(content), 0o600
            box.addfile(about, io.BytesIO(content))
    return gzip.compress(out.getvalue(), mtime=0)


def unpacked(data: bytes) -> dict[str, bytes]:
    """Give the files by their names; nothing is written.

    Raises:
        ValueError: It is no such tar.
    """
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data)), mode="r:") as box:
            for each in box:
                content = box.extractfile(each)
                found[each.name] = content.read() if content else b""
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise ValueError(str(error)) from error
    return found
