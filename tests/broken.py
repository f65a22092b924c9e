"""Copies of a JSON document, each with one thing lacking, or of another kind."""

from __future__ import annotations

from collections.abc import Iterator

WRONG = (None, 0, -1, True, "", "x", [], [[1]], {}, {"a": 1})
# What is no such document at all: empty, of another kind, no text, nested without end.
RAW = (b"", b"[]", b"null", b"5", b'"x"', b"{", b"\xff", b"[" * 100_000)


def broken(value: object) -> Iterator[object]:
    """Give the copies; of a list only the first entry is broken."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield {name: one for name, one in value.items() if name != key}
            yield from ({**value, key: one} for one in (*WRONG, *broken(each)))
    elif isinstance(value, list) and value:
        yield from ([one, *value[1:]] for one in (*WRONG, *broken(value[0])))
