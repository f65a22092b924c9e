"""Old encodings to Unicode, in megabytes a second on one core, beside iconv where it knows them."""

from __future__ import annotations

import itertools
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playbooks.text.decode import decoder
from playbooks.text.detect import Detector
from playbooks.text.encode import encoder
from playbooks.text.language import frequencies
from playbooks.text.table import BYTE_TABLES, SINGLE
from tests.bench.measure import measure
from tests.playbooks.text.accuracy import SEEDS, accuracy, table_of

PAGE = "benchmark-text.md"
ICONV = {"tcvn5712-1": "TCVN5712-1", "viscii": "VISCII", "cp1258": "CP1258"}
MIB = 1 << 20
SIZE, STREAM, VALUES = 16 * MIB, 1024 * MIB, 500_000
AIMS = {"single": 300, "pairs": 60}


@dataclass(frozen=True)
class Rate:
    """What one table reached; iconv's is None where it does not know the table."""

    name: str
    ours: float
    iconv: float | None


@dataclass(frozen=True)
class Found:
    """How fast encodings are found, and what a stream of a gigabyte took."""

    values_a_second: float
    stream: float
    wall: float
    peak_mib: float


def lines(count: int, seed: int = 6) -> Iterator[str]:
    """Make up lines of small syllables with a capital at the beginning."""
    chance = random.Random(seed)  # noqa: S311 - made-up text
    words = [word for word in frequencies() if len(word) > 1 and word[0].isascii()]
    for _ in range(count):
        yield " ".join(chance.choices(words, k=chance.randint(2, 9))).capitalize()


def sample(name: str, size: int = SIZE) -> bytes:
    """Give a block of made-up lines in a table, of `size` bytes or a little less."""
    encode = encoder(name)
    case = str.upper if name == "tcvn3-h" else str
    block = b"".join(encode(case(line)) + b"\n" for line in lines(20_000))
    return block * max(1, size // len(block))


def _best(work: Callable[[], object], runs: int = 3) -> float:
    took = []
    for _ in range(runs):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return min(took)


def rate(name: str) -> Rate:
    """Measure a table in blocks of a mebibyte."""
    data = sample(name)
    decode = decoder(name)
    blocks = _blocks(data)
    ours = len(data) / 1e6 / _best(lambda: [decode(block) for block in blocks])
    return Rate(name, ours, _iconv(name, data))


def _blocks(data: bytes) -> Sequence[bytes]:
    found, start = [], 0
    while start < len(data):
        end = data.find(b"\n", start + MIB) + 1 or len(data)
        found.append(data[start:end])
        start = end
    return found


def _iconv(name: str, data: bytes) -> float | None:
    if name not in ICONV or not shutil.which("iconv"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "in"
        file.write_bytes(data)
        command = ["iconv", "-f", ICONV[name], "-t", "UTF-8", "-o", "/dev/null", str(file)]
        start = time.perf_counter()
        subprocess.run(command, check=True)
        return len(data) / 1e6 / (time.perf_counter() - start)


def found() -> Found:
    """Measure detection over half a million values, and a stream of a gigabyte by `sen text`."""
    encode = encoder("tcvn3")
    values = [encode(line) for line in itertools.islice(lines(VALUES), VALUES)]
    seconds = _best(lambda: Detector().column(values), 2)
    with tempfile.TemporaryDirectory() as folder:
        old, new = Path(folder) / "old.txt", Path(folder) / "new.txt"
        block = sample("tcvn3", 16 * MIB)
        with old.open("wb") as file:
            for _ in range(STREAM // len(block)):
                file.write(block)
        size = old.stat().st_size
        before = _children()
        took = measure(
            [str(Path(sys.executable).with_name("sen")), "text", "convert", str(old), str(new)], {}
        )
        worked = _children() - before
    megabytes = size / 1e6
    return Found(len(values) / seconds, megabytes / worked, megabytes / took.seconds, took.peak_mib)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(command: str) -> str:
    """Give the page; a ratio over 1 means that ours is faster than iconv."""
    rates, seen = [rate(name) for name in BYTE_TABLES], found()
    return "\n".join(
        [
            "# Benchmark: old text",
            "",
            f"`{command}`; one core, blocks of 1 MiB of made-up lines, {SIZE // MIB} MiB a table,",
            "best of three. iconv reads the same bytes in the same run, its start counted.",
            "",
            "| table | MB/s | aim | iconv, MB/s | ratio |",
            "|---|--:|--:|--:|--:|",
            *map(_row, rates),
            "",
            f"Detection: {seen.values_a_second / 1e6:.2f} M distinct values a second,",
            f"a column of {VALUES:,} (aim 0.5).",
            "",
            f"`sen text convert --from auto` of {STREAM // MIB:,} MiB of TCVN3: {seen.stream:.0f}",
            "MB a second of processor time, start, detection, reading and writing counted",
            f"({seen.wall:.0f} MB a second by the clock, with whatever else the machine did);",
            f"{seen.peak_mib:.0f} MiB at most.",
            "",
            *table_of(accuracy(SEEDS)),
            "",
        ]
    )


def _row(each: Rate) -> str:
    aim = AIMS["single" if each.name in SINGLE else "pairs"]
    beside = f"{each.iconv:.0f} | {each.ours / each.iconv:.1f}" if each.iconv else "unknown to it |"
    return f"| {each.name} | {each.ours:.0f} | {aim} | {beside} |"
