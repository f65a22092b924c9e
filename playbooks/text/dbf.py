"""dBase files: header, field descriptors, records of fixed width; fields grow for UTF-8."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from playbooks.text import siblings
from playbooks.text.column import convert
from playbooks.text.detect import Detector
from playbooks.text.stream import Tally, count
from playbooks.text.verdict import Verdict

HEADER, DESCRIPTOR, END = 32, 32, 0x0D
WIDEST = 254
ROWS = 5000
LANGUAGE_AT = 29


class NotDbfError(ValueError):
    """The bytes are no dBase file."""


@dataclass(frozen=True)
class Field:
    """One field: its descriptor of 32 bytes, name, type letter, width in bytes."""

    descriptor: bytes
    name: str
    kind: str
    width: int

    def wider(self, width: int) -> Field:
        """Give the same field with another width."""
        grown = self.descriptor[:16] + bytes((width,)) + self.descriptor[17:]
        return replace(self, descriptor=grown, width=width)


@dataclass(frozen=True)
class Layout:
    """How a file is laid out: first 32 bytes, fields, number of records, where they begin."""

    head: bytes
    fields: tuple[Field, ...]
    records: int
    start: int

    @property
    def width(self) -> int:
        """Bytes of a record with its deletion mark."""
        return 1 + sum(field.width for field in self.fields)


def layout(file: BinaryIO) -> Layout:
    """Read the header.

    Raises:
        NotDbfError: The header or its fields make no sense.
    """
    file.seek(0)
    head = file.read(HEADER)
    if len(head) < HEADER:
        raise NotDbfError("the header is cut")
    records, start, width = struct.unpack("<IHH", head[4:12])
    rest = file.read(max(0, start - HEADER))
    fields = []
    for at in range(0, len(rest), DESCRIPTOR):
        part = rest[at : at + DESCRIPTOR]
        if part[:1] == bytes((END,)) or len(part) < DESCRIPTOR:
            break
        name = part[:11].split(b"\0")[0].decode("latin-1")
        fields.append(Field(part, name, chr(part[11]), part[16]))
    found = Layout(head, tuple(fields), records, start)
    if not fields or found.width != width:
        raise NotDbfError("the widths of the fields are not the record's")
    return found


def blocks(file: BinaryIO, shape: Layout) -> Iterator[list[list[bytes]]]:
    """Read records, ROWS at a time: the deletion mark, then the fields' bytes."""
    file.seek(shape.start)
    left = shape.records
    while left > 0:
        data = file.read(shape.width * min(ROWS, left))
        rows = [
            _cells(data[at : at + shape.width], shape)
            for at in range(0, len(data) - shape.width + 1, shape.width)
        ]
        if not rows:
            return
        left -= len(rows)
        yield rows


def convert_dbf(source: BinaryIO, target: BinaryIO, encoding: str | None) -> list[Tally]:
    """Convert the character fields to UTF-8; two passes, the first finds encodings and widths."""
    shape = layout(source)
    verdicts = _verdicts(source, shape, encoding)
    widths = [field.width for field in shape.fields]
    for rows in blocks(source, shape):
        for at, verdict in verdicts.items():
            said = _texts(rows, at, verdict)
            longest = max(len(text.encode("utf-8")) for text in said)
            widths[at] = min(WIDEST, max(widths[at], longest))
    fields = tuple(f.wider(w) for f, w in zip(shape.fields, widths, strict=True))
    return _written(source, target, shape, replace(shape, fields=fields), verdicts)


def _written(
    source: BinaryIO, target: BinaryIO, old: Layout, new: Layout, verdicts: dict[int, Verdict]
) -> list[Tally]:
    tallies = {
        at: Tally(old.fields[at].name, verdict.encoding, verdict.confidence)
        for at, verdict in verdicts.items()
    }
    start = HEADER + DESCRIPTOR * len(new.fields) + 1
    head = bytearray(new.head)
    head[8:12] = struct.pack("<HH", start, new.width)
    head[LANGUAGE_AT] = 0
    target.write(bytes(head) + b"".join(field.descriptor for field in new.fields) + b"\r")
    for rows in blocks(source, old):
        for at, verdict in verdicts.items():
            _put(rows, at, new.fields[at].width, _texts(rows, at, verdict), tallies[at])
        target.write(b"".join(b"".join(row) for row in rows))
    target.write(b"\x1a")
    return list(tallies.values())


def _put(rows: list[list[bytes]], at: int, width: int, texts: Sequence[str], tally: Tally) -> None:
    """Write a column's texts back; what is too wide is cut between characters and reported."""
    cut = []
    for number, (row, text) in enumerate(zip(rows, texts, strict=True)):
        data = text.encode("utf-8")
        if len(data) > width:
            data = data[:width].decode("utf-8", "ignore").encode("utf-8")
            cut.append(number)
        tally.changed += data.rstrip() != row[at + 1].rstrip()
        row[at + 1] = data.ljust(width)
    tally.values += len(rows)
    count(tally, list(texts), cut)


def _cells(record: bytes, shape: Layout) -> list[bytes]:
    cells, at = [record[:1]], 1
    for field in shape.fields:
        cells.append(record[at : at + field.width])
        at += field.width
    return cells


def _verdicts(source: BinaryIO, shape: Layout, encoding: str | None) -> dict[int, Verdict]:
    texts = [at for at, field in enumerate(shape.fields) if field.kind == "C"]
    samples: dict[int, list[bytes | None]] = {at: [] for at in texts}
    for number, rows in enumerate(blocks(source, shape)):
        for at in texts:
            samples[at] += [row[at + 1].strip() for row in rows]
        if number >= 4:  # noqa: PLR2004 - 25,000 records tell
            break
    found = siblings.verdicts_of([*samples.values()], encoding)
    return dict(zip(samples, found, strict=True))


def _texts(rows: Sequence[Sequence[bytes]], at: int, verdict: Verdict) -> list[str]:
    values: list[bytes | None] = [row[at + 1].rstrip(b" \0") for row in rows]
    own = Detector().column(values) if verdict.encoding == "mixed" else verdict
    return [text or "" for text in convert(values, own).texts]
