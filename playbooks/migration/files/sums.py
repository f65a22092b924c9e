"""SHA-256 of files by the quickest program that a host has: openssl uses the processor's own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

DIGITS = 64
_EMPTY = hashlib.sha256(b"").hexdigest()
_ESCAPES = {b"\\\\": b"\\", b"\\n": b"\n", b"\\r": b"\r"}
# Its lines do not mark where a name ends: the names of each turn are told before their sums.
_QUICK = r"""sh -c 'printf "%s\0" "$@"; printf "\0"; exec openssl dgst -sha256 -r "$@"' sh"""


def asked(find: str) -> str:
    """Give the shell text that sums the files which `find` names with a zero after each."""
    return (
        f'if [ "$(openssl dgst -sha256 -r /dev/null 2>/dev/null)" = "{_EMPTY} */dev/null" ]; '
        f"then {find} | xargs -0 -r {_QUICK}; "
        "else z=; if sha256sum -z /dev/null >/dev/null 2>&1; then z=-z; fi; "
        f"{find} | xargs -0 -r sha256sum $z; fi"
    )


def told(said: bytes) -> Iterator[tuple[bytes, str]]:
    """Give names and sums; a file that went away in between has none."""
    return _turns(said) if said.startswith(b"./") else _lines(said)


def _turns(said: bytes) -> Iterator[tuple[bytes, str]]:
    at = 0
    while at < len(said):
        end = said.index(b"\0\0", at)
        names, at = said[at:end].split(b"\0"), end + 2
        for name in names:
            start = at + said.startswith(b"\\", at)
            after, written = start + DIGITS, name
            if start > at:  # newer ones mark and escape a name of several lines
                written = name.replace(b"\n", b"\\n")
            line = b" *" + written + b"\n"
            if said.startswith(line, after):
                yield name, said[start:after].decode("ascii")
                at = after + len(line)


def _lines(said: bytes) -> Iterator[tuple[bytes, str]]:
    """Read what sha256sum writes, which on old hosts cannot end its lines with a zero."""
    ending = b"\0" if b"\0" in said else b"\n"
    for line in said.split(ending):
        if not line:
            continue
        escaped = ending == b"\n" and line.startswith(b"\\")
        digest, _, name = line.lstrip(b"\\").partition(b" ")
        name = name[1:]
        if escaped:
            name = re.sub(rb"\\[\\nr]", lambda found: _ESCAPES[found[0]], name)
        yield name, digest.decode("ascii")
