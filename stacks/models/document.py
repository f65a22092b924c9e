"""Read YAML from strangers: a small, closed part of the language, told by line when it is broken.

Built on libyaml's events, not its objects: those recurse in C (deep nesting ends the process) and
read `no` as false. Anchors, tags, duplicate keys and other than UTF-8 are refused.
"""

import functools
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from stacks.models.scalar import scalar
from stacks.problem import Problem, ProblemError

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # a Python without libyaml: slower, the same answers
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

REQUEST_LIMIT_BYTES = 1 << 20
COUNTRY_LIMIT_BYTES = 64 << 20
MAX_DEPTH = 32

Where = tuple[str | int, ...]
Events = Iterable[yaml.Event]


@dataclass(frozen=True)
class Text:
    """A text and what messages call it."""

    name: str
    content: str = field(repr=False)

    def at(self, event: yaml.Event) -> str:
        """Give `file:line:column` of an event."""
        mark = event.start_mark
        return f"{self.name}:{mark.line + 1}:{mark.column + 1}" if mark else self.name

    def refusal(self, message: str, event: yaml.Event, **values: object) -> ProblemError:
        return ProblemError(Problem(message, self.at(event), values))

    def documents(self) -> list[object]:
        """Give the data of every document."""
        reader = _Reader(self)
        self._feed(reader.take)
        return reader.documents

    @functools.cached_property
    def _lines(self) -> Mapping[Where, int]:
        """Know the line of every part; only asked when something is wrong."""
        lines: dict[Where, int] = {}
        self._feed(_Reader(self, lines).take)
        return lines

    def line(self, where: Where) -> str:
        """Give `file:line` of a part (document, then keys and indexes), or of what is around it."""
        while where and where not in self._lines:
            where = where[:-1]
        return f"{self.name}:{self._lines.get(where, 1)}"

    def _feed(self, take: Callable[[yaml.Event], None]) -> None:
        try:
            for event in yaml.parse(self.content, Loader=Loader):
                take(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            where = f"{self.name}:{mark.line + 1}:{mark.column + 1}" if mark else self.name
            values: dict[str, object] = {"reason": error.problem}
            raise ProblemError(Problem("yaml-broken", where, values)) from error
        except yaml.YAMLError as error:
            values = {"reason": getattr(error, "reason", "not YAML")}
            raise ProblemError(Problem("yaml-broken", self.name, values)) from error


def read(path: Path, limit: int = REQUEST_LIMIT_BYTES) -> Text:
    """Read a file that must be regular, not too large, and UTF-8."""
    values: dict[str, object]
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ProblemError(Problem("file-not-a-file", str(path)))
        if status.st_size > limit:
            values = {"mib": -(-status.st_size >> 20), "limit_mib": limit >> 20}
            raise ProblemError(Problem("file-too-large", str(path), values))
        raw = path.read_bytes()
    except OSError as error:
        values = {"reason": error.strerror or type(error).__name__}
        raise ProblemError(Problem("file-unreadable", str(path), values)) from error
    try:
        return Text(str(path), raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        values = {"line": line, "byte": error.start, "value": f"0x{raw[error.start]:02x}"}
        raise ProblemError(Problem("file-not-utf8", f"{path}:{line}", values)) from error


def requests_in(documents: list[object]) -> Iterator[tuple[Where, object]]:
    """Give each request with its place: a document, or an entry of a document's list."""
    for number, data in enumerate(documents):
        if isinstance(data, list):
            yield from (((number, index), entry) for index, entry in enumerate(data))
        elif data is not None:
            yield (number,), data


class _Open:
    """A mapping or a list that is being read."""

    __slots__ = ("into", "key")

    def __init__(self, into: dict[str, object] | list[object]) -> None:
        self.into = into
        self.key: str | None = None

    @property
    def wants_key(self) -> bool:
        return self.key is None and isinstance(self.into, dict)

    def add(self, value: object) -> None:
        if isinstance(self.into, list):
            self.into.append(value)
        elif self.key is not None:
            self.into[self.key] = value
            self.key = None

    def next(self) -> str | int | None:
        return self.key if isinstance(self.into, dict) else len(self.into)


class _Reader:
    """Builds data from events, one at a time."""

    def __init__(self, text: Text, lines: dict[Where, int] | None = None) -> None:
        self.documents: list[object] = []
        self._text = text
        self._lines = lines
        self._stack: list[_Open] = []
        self._root: object = None

    def take(self, event: yaml.Event) -> None:
        step = _STEPS.get(type(event))
        if step is not None:
            step(self, event)

    def scalar(self, event: yaml.ScalarEvent) -> None:
        self._closed_language(event)
        top = self._stack[-1] if self._stack else None
        if top is not None and top.wants_key:
            if event.value in top.into:
                raise self._text.refusal("yaml-key-twice", event, key=event.value)
            top.key = event.value
            self._note(event)
            return
        self._note(event)
        self._value(scalar(event.value) if event.implicit[0] else event.value)

    def begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        self._closed_language(event)
        if len(self._stack) >= MAX_DEPTH:
            raise self._text.refusal("yaml-too-deep", event, depth=MAX_DEPTH)
        if self._stack and self._stack[-1].wants_key:
            raise self._text.refusal("yaml-key", event)
        self._note(event)
        self._stack.append(_Open({} if isinstance(event, yaml.MappingStartEvent) else []))

    def end(self, _event: yaml.Event) -> None:
        self._value(self._stack.pop().into)

    def alias(self, event: yaml.Event) -> None:
        raise self._text.refusal("yaml-anchor", event)

    def document(self, _event: yaml.Event) -> None:
        self.documents.append(self._root)
        self._root = None

    def _closed_language(
        self, event: yaml.ScalarEvent | yaml.MappingStartEvent | yaml.SequenceStartEvent
    ) -> None:
        if event.anchor is not None:
            raise self._text.refusal("yaml-anchor", event)
        if event.tag is not None:
            raise self._text.refusal("yaml-tag", event, tag=event.tag)

    def _value(self, value: object) -> None:
        if self._stack:
            self._stack[-1].add(value)
        else:
            self._root = value

    def _note(self, event: yaml.Event) -> None:
        if self._lines is None or event.start_mark is None:
            return
        parts = (level.next() for level in self._stack)
        where = (len(self.documents), *(part for part in parts if part is not None))
        self._lines.setdefault(where, event.start_mark.line + 1)


_STEPS: Mapping[type[yaml.Event], Callable[..., None]] = {
    yaml.ScalarEvent: _Reader.scalar,
    yaml.MappingStartEvent: _Reader.begin,
    yaml.SequenceStartEvent: _Reader.begin,
    yaml.MappingEndEvent: _Reader.end,
    yaml.SequenceEndEvent: _Reader.end,
    yaml.AliasEvent: _Reader.alias,
    yaml.DocumentEndEvent: _Reader.document,
}
