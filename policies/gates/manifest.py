"""Kubernetes objects in text from strangers: each YAML document is read by itself.

Built on libyaml's events, not its objects: those recurse in C (deep nesting ends the process). A
document that cannot be read spoils no other; an alias is followed, unless it would never end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from policies.gates.scalar import key, plain
from stacks.problem import Problem, ProblemError

try:
    from yaml.cyaml import CParser as Parser  # type: ignore[attr-defined]
except ImportError:  # a Python without libyaml: slower, the same answers
    from yaml import SafeLoader as Parser  # type: ignore[assignment]

MAX_DEPTH = 100
MAX_SCALAR = 4 << 20
# Nodes that one document may have after its aliases are followed.
MAX_NODES = 1_000_000
_MARK = re.compile(r"^(?:---|\.\.\.)(?=[ \t\r\n]|\Z)", re.MULTILINE)
_CONTENT = re.compile(r"^(?![ \t\r]*(?:$|#)|%)", re.MULTILINE)
_CORE = "tag:yaml.org,2002:"
_READ_ANYWAY = frozenset(_CORE + each for each in ("int", "float", "bool", "null"))
_NO_KEY: Final = object()


@dataclass(frozen=True)
class Document:
    """The text of one document.

    Attributes:
        file: What messages call the file.
        number: Which document of the file it is, from 0.
        line: Lines of the file before it.
    """

    file: str
    number: int
    text: str = field(repr=False)
    line: int = 0

    def problem(self, message: str, line: int = 0, /, **values: object) -> ProblemError:
        """Refuse this document and no other."""
        where = f"{self.file}:{self.line + line + 1} (document {self.number})"
        return ProblemError(Problem(message, where, values))


def documents(file: str, text: str) -> Iterator[Document]:
    """Cut a stream at its marks; a mark stands at the beginning of a line and nowhere else."""
    number, line, start, marked = 0, 0, 0, False
    for found in (*_MARK.finditer(text), None):
        end = found.start() if found else len(text)
        chunk = text[start:end]
        if marked or _CONTENT.search(chunk):
            yield Document(file, number, chunk, line)
            number += 1
        line += chunk.count("\n")
        start, marked = end, bool(found) and text[end] == "-"
        if found and not marked:
            start = found.end()


def value(document: Document) -> Any:  # noqa: ANN401 - YAML holds anything
    """Read one document.

    Raises:
        ProblemError: It is no YAML that Kubernetes would read, or would never end.
    """
    reader = _Reader(document)
    try:
        parser = Parser(document.text)
        take = parser.get_event
        steps = reader.steps
        while True:
            event = take()
            kind = type(event)
            if kind is yaml.StreamEndEvent:
                return reader.root
            steps[kind](event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        reason = _said(error.problem)
        raise document.problem(
            "check-yaml-broken", mark.line if mark else 0, reason=reason
        ) from None
    except (yaml.YAMLError, UnicodeError) as error:
        reason = _said(getattr(error, "reason", None))
        raise document.problem("check-yaml-broken", reason=reason) from None


def _said(reason: object) -> str:
    return str(reason or "not YAML")


class _Reader:
    """Builds plain data from events, one at a time."""

    def __init__(self, document: Document) -> None:
        self.root: Any = None
        self._document = document
        self._above: list[tuple[Any, Any, str | None, int]] = []
        self._into: Any = None
        self._key: Any = _NO_KEY
        self._anchor: str | None = None
        self._anchors: dict[str, tuple[Any, int] | None] = {}
        self._merges: dict[int, list[Any]] = {}
        self._nodes = 0
        self._begun_at = 0
        nothing = self._nothing
        self.steps = {
            yaml.StreamStartEvent: nothing,
            yaml.DocumentStartEvent: nothing,
            yaml.DocumentEndEvent: nothing,
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
        }

    def _nothing(self, event: Any) -> None:  # noqa: ANN401 - the library has no types
        pass

    def _scalar(self, event: Any) -> None:  # noqa: ANN401 - likewise
        text = event.value
        if len(text) > MAX_SCALAR:
            raise self._refused("check-yaml-scalar", event, mib=MAX_SCALAR >> 20)
        bare = event.implicit[0]
        if event.tag is not None:
            bare = self._tagged(event)
        if self._key is _NO_KEY and type(self._into) is dict:
            self._name(key(text) if bare else text, event)
            return
        read = plain(text) if bare else text
        self._nodes += 1
        if event.anchor is not None:
            self._anchors[event.anchor] = (read, 1)
        self._put(read, event)

    def _tagged(self, event: Any) -> bool:  # noqa: ANN401 - likewise
        """Say whether a scalar with a tag is read as a plain word; `!` and `!!str` are text."""
        if event.tag in _READ_ANYWAY:
            return True
        if event.tag not in {"!", _CORE + "str"}:
            raise self._refused("check-yaml-tag", event)
        return False

    def _name(self, name: str, event: Any) -> None:  # noqa: ANN401 - likewise
        if event.anchor is not None:
            self._anchors[event.anchor] = (name, 1)
        if name in self._into:
            raise self._refused("check-yaml-key-twice", event)
        self._key = name

    def _mapping(self, event: Any) -> None:  # noqa: ANN401 - likewise
        self._begin({}, event)

    def _sequence(self, event: Any) -> None:  # noqa: ANN401 - likewise
        self._begin([], event)

    def _begin(self, into: Any, event: Any) -> None:  # noqa: ANN401 - likewise
        if len(self._above) >= MAX_DEPTH:
            raise self._refused("check-yaml-deep", event, depth=MAX_DEPTH)
        if self._key is _NO_KEY and type(self._into) is dict:
            raise self._refused("check-yaml-key", event)
        if event.tag is not None and not event.tag.startswith(_CORE):
            raise self._refused("check-yaml-tag", event)
        self._above.append((self._into, self._key, self._anchor, self._begun_at))
        self._into, self._key, self._anchor = into, _NO_KEY, event.anchor
        self._begun_at = self._nodes
        self._nodes += 1
        if event.anchor is not None:
            self._anchors[event.anchor] = None

    def _end(self, event: Any) -> None:  # noqa: ANN401 - likewise
        made, anchor, begun = self._into, self._anchor, self._begun_at
        for source in self._merges.pop(id(made), ()) if self._merges else ():
            for name, one in source.items():
                made.setdefault(name, one)
        self._into, self._key, self._anchor, self._begun_at = self._above.pop()
        if anchor is not None:
            self._anchors[anchor] = (made, self._nodes - begun)
        self._put(made, event)

    def _alias(self, event: Any) -> None:  # noqa: ANN401 - likewise
        found = self._anchors.get(event.anchor)
        if found is None:
            named = event.anchor in self._anchors
            raise self._refused("check-yaml-cycle" if named else "check-yaml-anchor", event)
        made, size = found
        self._nodes += size
        if self._nodes > MAX_NODES:
            raise self._refused("check-yaml-bomb", event, nodes=MAX_NODES)
        if self._key is _NO_KEY and type(self._into) is dict:
            if not isinstance(made, str):
                raise self._refused("check-yaml-key", event)
            self._key = made
            return
        self._put(made, event)

    def _put(self, read: Any, event: Any) -> None:  # noqa: ANN401 - likewise
        into = self._into
        if type(into) is list:
            into.append(read)
        elif into is None:
            self.root = read
        elif self._key == "<<":
            self._merge(read, event)
        else:
            into[self._key] = read
            self._key = _NO_KEY

    def _merge(self, read: Any, event: Any) -> None:  # noqa: ANN401 - likewise
        """Note whose keys are taken over at the end: what stands here itself wins."""
        sources = read if isinstance(read, list) else [read]
        if not all(isinstance(each, dict) for each in sources):
            raise self._refused("check-yaml-key", event)
        self._merges.setdefault(id(self._into), []).extend(sources)
        self._key = _NO_KEY

    def _refused(self, message: str, event: Any, **values: object) -> ProblemError:  # noqa: ANN401
        mark = event.start_mark
        return self._document.problem(message, mark.line if mark else 0, **values)
