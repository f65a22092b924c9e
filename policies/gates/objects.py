"""From a document to objects: lists are opened, and what is no object is refused by name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policies.gates.manifest import MAX_DEPTH, MAX_SCALAR, Document, value
from policies.gates.scalar import LARGEST

Thing = Mapping[str, Any]


def objects_in(document: Document) -> tuple[Thing, ...]:
    """Read the objects of one YAML document.

    Raises:
        ProblemError: It cannot be read, or holds something else.
    """
    return tuple(opened(document, value(document)))


def of_json(file: str, text: str) -> Iterator[tuple[Document, object]]:
    """Read JSON values that stand one after the other, each with its document.

    Raises:
        ProblemError: One is broken: where the next one begins cannot be known.
    """
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
    at, number = _next(text, 0), 0
    while at < len(text):
        document = Document(file, number, "", text.count("\n", 0, at))
        try:
            read, end = decoder.raw_decode(text, at)
            _check(read)
        except RecursionError:
            raise document.problem("check-yaml-deep", depth=MAX_DEPTH) from None
        except json.JSONDecodeError as error:
            line = error.lineno - 1 - document.line
            raise document.problem("check-json-broken", line, reason=error.msg) from None
        except _RefusedError as error:
            raise document.problem(error.message, 0, **error.values) from None
        yield document, read
        at, number = _next(text, end), number + 1


def opened(document: Document, read: object) -> Iterator[Thing]:
    """Give the objects: one, the items of a list, or none of an empty document."""
    if isinstance(read, list):
        for each in read:
            yield from opened(document, each)
        return
    if read is None:
        return
    if not isinstance(read, dict):
        raise document.problem("check-no-object", reason="no mapping")
    version, kind = read.get("apiVersion"), read.get("kind")
    if not (isinstance(version, str) and version and isinstance(kind, str) and kind):
        missing = "apiVersion" if isinstance(kind, str) and kind else "kind"
        raise document.problem("check-no-object", reason=f"no {missing}")
    items = read.get("items")
    if kind.endswith("List") and isinstance(items, list):
        own = {"apiVersion": version, "kind": kind.removesuffix("List")}
        for each in items:
            typed = {**own, **each} if isinstance(each, dict) and own["kind"] else each
            yield from opened(document, typed)
        return
    yield without_nulls(read)


def without_nulls(value: Any) -> Any:  # noqa: ANN401 - any part of an object
    """Take fields that are null away, as the API server does before it fills in defaults."""
    if type(value) is dict:
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    if type(value) is list:
        return [without_nulls(each) for each in value]
    return value


class _RefusedError(ValueError):
    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message, self.values = message, values


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n\ufeff":
        at += 1
    return at


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _RefusedError("check-yaml-key-twice")
    return made


def _no_number(_: str) -> object:
    raise _RefusedError("check-json-broken", reason="NaN and Infinity are no JSON")


def _check(read: object) -> None:
    """Refuse what no API server would take: depth, size, half characters, endless numbers."""
    left: list[tuple[object, int]] = [(read, 1)]
    while left:
        each, depth = left.pop()
        if depth > MAX_DEPTH:
            raise _RefusedError("check-yaml-deep", depth=MAX_DEPTH)
        if isinstance(each, dict):
            left += ((one, depth + 1) for pair in each.items() for one in pair)
        elif isinstance(each, list):
            left += ((one, depth + 1) for one in each)
        else:
            _check_leaf(each)


def _check_leaf(leaf: object) -> None:
    if isinstance(leaf, str):
        if len(leaf) > MAX_SCALAR:
            raise _RefusedError("check-yaml-scalar", mib=MAX_SCALAR >> 20)
        if not leaf.isascii() and any("\ud800" <= letter <= "\udfff" for letter in leaf):
            raise _RefusedError("check-json-broken", reason="half a surrogate pair")
    elif isinstance(leaf, int) and not -LARGEST < leaf < LARGEST:
        raise _RefusedError("check-json-broken", reason="a number of more than 64 bits")
