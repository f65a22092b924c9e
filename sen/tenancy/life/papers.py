"""What is known of a tenant outside its namespace: its objects, its records, who came to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from sen.evidence.record import Record


def about(lines: Iterable[bytes], tenant: str, request: str) -> Iterator[bytes]:
    """Give the records of the evidence that speak of a tenant or of its request."""
    words = [json.dumps(word, ensure_ascii=False).encode() for word in (tenant, request)]
    for line in lines:
        if any(word in line for word in words):
            found = Record.read(line)
            if {tenant, request} & {found.about, *map(str, found.data.values())}:
                yield line


def accesses(log: Path, namespace: str) -> Iterator[bytes]:
    """Give the lines of the API server's audit log about a namespace."""
    word = json.dumps(namespace).encode()
    if not log.exists():
        return
    with log.open("rb") as file:
        for line in file:
            if word in line and line.endswith(b"\n") and _is_about(line, namespace):
                yield line


def _is_about(line: bytes, namespace: str) -> bool:
    try:
        reference = json.loads(line).get("objectRef") or {}
    except (ValueError, AttributeError):
        return False
    own = reference.get("resource") == "namespaces" and reference.get("name") == namespace
    return own or reference.get("namespace") == namespace
