"""Plain text of any size, block by block, in constant memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np

from playbooks.text.column import convert
from playbooks.text.decode import decoder
from playbooks.text.detect import Detector
from playbooks.text.verdict import Verdict

LETTER = re.compile(rb"[ A-Za-z]")  # no mark and no part of a character stands before it
BLOCK = 1 << 20
SAMPLE = 1 << 20
SAMPLES = 10
BY_BLOCK = frozenset({"mixed", "unknown", "bkhcm1", "tcvn3-h", "viqr"})


@dataclass
class Tally:
    """What a conversion did, for its report.

    Attributes:
        doubts: The first values in doubt: as they read now.
    """

    name: str
    encoding: str
    confidence: float = 0.0
    values: int = 0
    changed: int = 0
    doubtful: int = 0
    capitals_guessed: int = 0
    doubts: list[str] = field(default_factory=list)

    def row(self) -> dict[str, object]:
        """Give it as a row of a report."""
        return {
            "column": self.name,
            "encoding": self.encoding,
            "confidence": self.confidence,
            "rows": self.values,
            "changed": self.changed,
            "doubtful": self.doubtful,
            "capitals guessed": self.capitals_guessed,
            "samples": " | ".join(self.doubts),
        }


def sample(file: BinaryIO) -> list[bytes]:
    """Give whole lines from several places of a file, and leave it at its beginning."""
    size = file.seek(0, 2)
    lines: list[bytes] = []
    step = max(1, size // SAMPLES)
    for start in range(0, size, max(step, SAMPLE // SAMPLES)):
        file.seek(start)
        block = file.read(SAMPLE // SAMPLES)
        whole = block.split(b"\n")
        lines += whole[(1 if start else 0) : (-1 if len(whole) > 1 + bool(start) else None)]
    file.seek(0)
    return [line.rstrip(b"\r") for line in lines]


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """Read blocks that end with a line, or where a line has no end, before an ASCII letter."""
    rest = b""
    while block := file.read(BLOCK):
        block = rest + block
        cut = block.rfind(b"\n") + 1
        if not cut:
            letters = list(LETTER.finditer(block, max(0, len(block) - 64)))
            cut = letters[-1].start() if letters and letters[-1].start() else len(block)
        yield block[:cut]
        rest = block[cut:]
    if rest:
        yield rest


def convert_text(source: BinaryIO, target: BinaryIO, encoding: str | None) -> Tally:
    """Convert a file of lines to UTF-8; `encoding` None finds it."""
    verdict = Verdict(encoding, 1.0, "told") if encoding else Detector().column(sample(source))
    tally = Tally("text", verdict.encoding, verdict.confidence)
    if verdict.encoding in BY_BLOCK:
        target.writelines(_lines(chunk, verdict, tally) for chunk in chunks(source))
        return tally
    decode = decoder(verdict.encoding)
    for chunk in chunks(source):
        if chunk.isascii() and verdict.encoding != "ncr":
            tally.values += chunk.count(b"\n")
            target.write(chunk)
            continue
        said = decode(chunk).encode("utf-8")
        values, beyond = _changed(chunk)
        tally.values += values
        tally.changed += beyond if said != chunk else 0
        target.write(said)
    return tally


def _changed(chunk: bytes) -> tuple[int, int]:
    """Count the ends of lines, and the lines that hold bytes beyond ASCII."""
    codes = np.frombuffer(chunk, np.uint8)
    ends = np.flatnonzero(codes == ord("\n"))
    starts = np.concatenate((np.zeros(1, np.intp), ends + 1))
    starts = starts[starts < codes.size]
    beyond = int((np.maximum.reduceat(codes, starts) > 0x7F).sum()) if starts.size else 0  # noqa: PLR2004
    return ends.size, beyond


def _lines(chunk: bytes, verdict: Verdict, tally: Tally) -> bytes:
    """Convert line by line, each block's eras found anew."""
    values: list[bytes | None] = list(chunk.split(b"\n"))
    if verdict.encoding == "mixed":
        verdict = Detector().column(values)
    done = convert(values, verdict)
    count(tally, done.texts, done.doubtful)
    tally.values += len(values) - 1
    tally.changed += done.changed
    tally.capitals_guessed += done.capitals_guessed
    return "\n".join(text or "" for text in done.texts).encode("utf-8")


def count(tally: Tally, texts: list[str | None], doubtful: list[int]) -> None:
    """Note rows in doubt, the first ten with what they read."""
    tally.doubtful += len(doubtful)
    for at in doubtful[: 10 - len(tally.doubts)]:
        tally.doubts.append((texts[at] or "")[:80])
