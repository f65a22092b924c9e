"""Files by their format: detect, convert, check the way back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from playbooks.text.back import Back
from playbooks.text.back import check as check_back
from playbooks.text.column import convert
from playbooks.text.dbf import convert_dbf
from playbooks.text.delimited import convert_table, detect_table
from playbooks.text.detect import Detector
from playbooks.text.html import convert_html
from playbooks.text.rtf import convert_rtf
from playbooks.text.stream import Tally, chunks, convert_text, count, sample
from playbooks.text.verdict import Verdict


class Format(StrEnum):
    """What a file is."""

    TEXT = "text"
    TABLE = "table"
    DBF = "dbf"
    HTML = "html"
    RTF = "rtf"


SUFFIXES = {
    ".csv": Format.TABLE,
    ".tsv": Format.TABLE,
    ".dbf": Format.DBF,
    ".htm": Format.HTML,
    ".html": Format.HTML,
    ".rtf": Format.RTF,
}
PAGES: dict[Format, Callable[[bytes, str | None], tuple[bytes, list[Tally]]]] = {
    Format.HTML: convert_html,
    Format.RTF: convert_rtf,
}


class _Nowhere:
    """A target that forgets."""

    def write(self, data: bytes) -> int:
        return len(data)


def format_of(file: Path) -> Format:
    """Tell a format by the name's ending; any other file is lines of text."""
    return SUFFIXES.get(file.suffix.lower(), Format.TEXT)


def detected(file: Path, kind: Format | None = None) -> list[Tally]:
    """Say the encodings in a file, one row a column; lines are sampled from the whole file."""
    kind = kind or format_of(file)
    with file.open("rb") as source:
        if kind in PAGES:
            return PAGES[kind](source.read(), None)[1]
        if kind is Format.TABLE:
            return detect_table(source)
        if kind is Format.DBF:
            return convert_dbf(source, _Nowhere(), None)  # type: ignore[arg-type]
        values: list[bytes | None] = list(sample(source))
    verdict = Detector().column(values)
    done = convert(values, verdict)
    tally = Tally("text", verdict.encoding, verdict.confidence, len(values), done.changed)
    tally.capitals_guessed = done.capitals_guessed
    count(tally, done.texts, done.doubtful)
    return [tally]


def converted(
    source: Path, target: Path, encoding: str | None, kind: Format | None, *, keep_raw: bool
) -> list[Tally]:
    """Convert a file; one that is its own target is first copied to `<name>.raw`."""
    kind = kind or format_of(source)
    if target.exists() and source.samefile(target):
        kept = source.with_name(source.name + ".raw")
        shutil.copy2(source, kept)
        source = kept
    part = target.with_name(target.name + ".part")
    with source.open("rb") as old, part.open("wb") as new:
        tallies = _convert(old, new, encoding, kind, keep_raw=keep_raw)
    part.replace(target)
    return tallies


def _convert(
    old: BinaryIO, new: BinaryIO, encoding: str | None, kind: Format, *, keep_raw: bool
) -> list[Tally]:
    if kind in PAGES:
        data, tallies = PAGES[kind](old.read(), encoding)
        new.write(data)
        return tallies
    if kind is Format.TABLE:
        return convert_table(old, new, encoding, keep_raw=keep_raw)
    if kind is Format.DBF:
        return convert_dbf(old, new, encoding)
    return [convert_text(old, new, encoding)]


def checked(file: Path, encoding: str | None) -> tuple[str, Back]:
    """Compare every line's bytes with those of the way there and back."""
    total = Back()
    with file.open("rb") as source:
        verdict = Verdict(encoding, 1.0, "told") if encoding else Detector().column(sample(source))
        for chunk in chunks(source):
            lines: list[bytes | None] = list(chunk.split(b"\n"))
            own = Detector().column(lines) if verdict.encoding == "mixed" else verdict
            back = check_back(lines, own)
            total.identical += back.identical
            total.equal += back.equal
            total.different += back.different
            total.samples += back.samples[: 10 - len(total.samples)]
    return verdict.encoding, total
