"""CSV and TSV: every column has its own encoding; the bytes before stay in `<column>_raw`."""

from __future__ import annotations

import base64
import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from playbooks.text import siblings
from playbooks.text.column import convert
from playbooks.text.detect import Detector
from playbooks.text.stream import Tally, count
from playbooks.text.verdict import Verdict

ROWS = 5000
SNIFFED = 1 << 16


def convert_table(
    source: BinaryIO, target: BinaryIO, encoding: str | None, *, keep_raw: bool
) -> list[Tally]:
    """Convert a table with a header, ROWS rows at a time; detection sees the first 5 blocks."""
    delimiter = sniff(source)
    reader = _reader(source, delimiter)
    header = next(reader, [])
    head = list(itertools.islice(reader, 5 * ROWS))
    verdicts = siblings.verdicts_of(_columns(head, len(header)), encoding)
    names = [_name(cell, verdicts, encoding) for cell in header]
    tallies = [
        Tally(name, verdict.encoding, verdict.confidence)
        for name, verdict in zip(names, verdicts, strict=True)
    ]
    raw = [at for at, verdict in enumerate(verdicts) if keep_raw and _is_old(verdict)]
    out = io.TextIOWrapper(target, "utf-8", newline="", write_through=True)
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow([*names, *(f"{names[at]}_raw" for at in raw)])
    for rows in _blocks(itertools.chain(head, reader)):
        writer.writerows(_converted(rows, verdicts, tallies, raw))
    out.detach()
    return tallies


def sniff(source: BinaryIO) -> str:
    """Guess the delimiter from the first line; the file is left at its beginning."""
    line = source.read(SNIFFED).split(b"\n")[0]
    source.seek(0)
    return max(",\t;|", key=lambda sign: line.count(sign.encode()))


def detect_table(source: BinaryIO) -> list[Tally]:
    """Say the encoding of each column."""
    reader = _reader(source, sniff(source))
    header = next(reader, [])
    head = list(itertools.islice(reader, 5 * ROWS))
    tallies = []
    columns = _columns(head, len(header))
    for cell, column, verdict in zip(header, columns, siblings.verdicts_of(columns), strict=True):
        tally = Tally(_name(cell, [verdict], None), verdict.encoding, verdict.confidence)
        done = convert(column, verdict)
        tally.values, tally.changed = len(column), done.changed
        tally.capitals_guessed = done.capitals_guessed
        count(tally, done.texts, done.doubtful)
        tallies.append(tally)
    return tallies


def _reader(source: BinaryIO, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(1 << 26)
    lines = (line.decode("latin-1").replace("\0", "") for line in source)
    return csv.reader(lines, delimiter=delimiter)


def _columns(rows: Sequence[Sequence[str]], width: int) -> list[list[bytes | None]]:
    return [
        [row[at].encode("latin-1") if at < len(row) else None for row in rows]
        for at in range(width)
    ]


def _name(cell: str, verdicts: Sequence[Verdict], encoding: str | None) -> str:
    """Read a heading: alone where that is sure, else as most columns are."""
    value = cell.encode("latin-1")
    if value.isascii():
        return cell
    old = [verdict.encoding for verdict in verdicts if _is_old(verdict)]
    told = encoding or (max(set(old), key=old.count) if old else None)
    verdict = Detector().column([value], told)
    return convert([value], verdict).texts[0] or ""


def _is_old(verdict: Verdict) -> bool:
    return verdict.encoding not in ("ascii", "utf-8")


def _blocks(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    while block := list(itertools.islice(rows, ROWS)):
        yield block


def _converted(
    rows: list[list[str]],
    verdicts: Sequence[Verdict],
    tallies: Sequence[Tally],
    raw: Sequence[int],
) -> Iterator[list[str]]:
    columns = _columns(rows, len(verdicts))
    texts = []
    for column, verdict, tally in zip(columns, verdicts, tallies, strict=True):
        own = Detector().column(column) if verdict.encoding == "mixed" else verdict
        done = convert(column, own)
        tally.values += len(column)
        tally.changed += done.changed
        tally.capitals_guessed += done.capitals_guessed
        count(tally, done.texts, done.doubtful)
        texts.append(done.texts)
    for at, row in enumerate(rows):
        beyond = row[len(verdicts) :]
        kept = [base64.b64encode(columns[each][at] or b"").decode("ascii") for each in raw]
        yield [*((column[at] or "") for column in texts), *beyond, *kept]
