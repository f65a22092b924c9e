"""Moving an old MariaDB database to PostgreSQL: ours beside pgloader, on the same servers, one run.

The rows are those of a register of the nineties: TCVN3 and VNI in latin1, zero dates, amounts.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.mariadb.move import MariadbToPostgres
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.postgres.place import PostgresPlace, identifier
from playbooks.migration.steps import Journal, Outcome, Run, Step
from playbooks.text.encode import encoder
from tests.bench.measure import process_seconds, server_seconds
from tests.bench.peers import pgloader
from tests.databases import mariadb, postgres

PAGE = "benchmark-mariadb.md"
SIZES = tuple(int(each) for each in os.environ.get("SEN_BENCH_ROWS", "200000,1000000").split(","))
OLD = {"innodb-buffer-pool-size": "1G", "tmp-table-size": "256M"}
NEW = {
    "shared_buffers": "1GB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "6GB",
    "fsync": "on",
}
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
GIVEN = ("thị Hường", "văn Đức", "minh Tuấn", "ngọc Ánh", "quốc Khánh", "thu Thủy", "hữu Nghĩa")
STREETS = ("đường Hai Bà Trưng", "phố Nguyễn Trãi", "ngõ chợ Khâm Thiên", "đường Lê Lợi")
SHAPE = """
CREATE TABLE nguoi_dan (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  ho_ten varchar(120) NOT NULL, dia_chi varchar(200), ghi_chu varchar(200), so_giay char(12),
  ngay_sinh date NOT NULL, sua_luc datetime, le_phi decimal(12,2), con_song tinyint(1),
  KEY ho_ten (ho_ten), KEY so_giay (so_giay)) ENGINE=MyISAM DEFAULT CHARSET=latin1
"""


@dataclass(frozen=True)
class Spent:
    """What a way took: seconds by the clock, and of all processors by mover and both servers."""

    wall: float
    cpu: float

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.wall + other.wall, self.cpu + other.cpu)


@dataclass(frozen=True)
class Meter:
    """Measures ways; the servers are found by their process files."""

    source: MariadbPlace
    target: PostgresPlace

    @contextmanager
    def measured(self, into: list[Spent]) -> Iterator[None]:
        wall, cpu = time.monotonic(), self._cpu()
        yield
        into.append(Spent(time.monotonic() - wall, self._cpu() - cpu))

    def _cpu(self) -> float:
        own = sum(os.times()[:4])
        old = Path(self.source.value("SELECT @@pid_file")).read_text("ascii")
        return own + process_seconds(int(old)) + server_seconds(self.target)


def report(command: str) -> str:
    """Measure all sizes and give the page."""
    with mariadb(**OLD) as old, postgres(**NEW) as new:
        root = MariadbPlace("127.0.0.1", old.port, "", "root", old.secret)
        place = PostgresPlace("127.0.0.1", new.port, "postgres", "postgres", new.secret)
        parts = [_size(rows, root, place) for rows in SIZES]
    head = [
        "# Moving an old MariaDB database to PostgreSQL, measured",
        "",
        f"`{command}`, on {os.cpu_count()} cores; both servers on this machine, with fsync. One",
        "MyISAM table in latin1: names in TCVN3, addresses in TCVN3, notes in VNI, every ninth day",
        "of birth a zero date. Time until all rows, keys and indexes are there. Ours finds out the",
        "encodings by itself, decodes on the way, keeps the original bytes beside the text, and",
        "hashes what stands on the target; it follows the source after that, which is not counted.",
        "pgloader does not decode: its rows are turned into Unicode by SQL on the target then,",
        "TCVN3 by `translate`, VNI by `replace` of marks that stand for two, `translate` of the",
        "others and `normalize`, the table being written once. Both copies are then compared and",
        "hold the same text. Ratio: the other to ours. CPU s: of the mover and both servers.",
        "",
    ]
    return "\n".join([*head, *(line for part in parts for line in part)])


def _size(rows: int, root: MariadbPlace, place: PostgresPlace) -> list[str]:
    source = root.with_database(f"old_{rows}")
    make(source, rows)
    found = _ours(source, _fresh(place, f"ours_{rows}"))
    theirs = _fresh(place, f"theirs_{rows}")
    loaded, decoded = _pgloader(source, theirs)
    pgloader.same_text(place.with_database(f"ours_{rows}"), theirs, source.database)
    _drop(place, f"ours_{rows}", f"theirs_{rows}")
    source.tell(f"DROP DATABASE old_{rows}")
    fill, switch, verified = found
    ways = {
        "sen, decoded": fill,
        "pgloader, not decoded": loaded,
        "pgloader, then SQL to Unicode": loaded + decoded,
    }
    return [
        f"## {rows:,} rows",
        "",
        "| way | s | rows/s | CPU s | ratio | ratio of CPU s |",
        "|---|--:|--:|--:|--:|--:|",
        *(_line(name, rows, each, fill) for name, each in ways.items()),
        "",
        f"Switch after 100 changed rows: {switch.wall:.1f} s ({switch.cpu:.1f} CPU s).",
        f"Every row compared: {verified.wall:.1f} s ({verified.cpu:.1f} CPU s).",
        "",
    ]


def _line(name: str, rows: int, spent: Spent, ours: Spent) -> str:
    ratios = f"{spent.wall / ours.wall:.1f} | {spent.cpu / ours.cpu:.1f}"
    return f"| {name} | {spent.wall:.1f} | {rows / spent.wall:,.0f} | {spent.cpu:.1f} | {ratios} |"


def make(source: MariadbPlace, rows: int) -> None:
    """Make the register on the server, from words in their old bytes."""
    source.with_database("").tell(f"CREATE DATABASE {source.database}")
    tcvn3, vni = encoder("tcvn3"), encoder("vni-win")
    family, given, street = (
        _one_of([tcvn3(each) for each in words], step)
        for words, step in ((FAMILIES, 1), (GIVEN, 7), (STREETS, 3))
    )
    note = _one_of([vni(f"Hồ sơ lưu tại {each}") for each in STREETS], 5)
    source.tell(
        SHAPE,
        "INSERT INTO nguoi_dan SELECT seq,"  # noqa: S608 - words of ours
        f" CONCAT({family}, ' ', {given}), CONCAT('so ', seq % 977, ' ', {street}),"
        f" IF(seq % 4, {note}, NULL), LPAD(seq, 12, '0'),"
        " IF(seq % 9, '1950-01-01' + INTERVAL seq % 20000 DAY, 0),"
        " '2001-01-01' + INTERVAL seq MINUTE, seq / 7, seq % 2"
        f" FROM seq_1_to_{rows}",
    )


def _one_of(words: Sequence[bytes], step: int) -> str:
    listed = ", ".join(f"_latin1 X'{each.hex()}'" for each in words)
    return f"ELT(1 + seq DIV {step} % {len(words)}, {listed})"


def _ours(source: MariadbPlace, target: PostgresPlace) -> list[Spent]:
    """Give what it took to fill, to switch after some changes, and to compare every row."""
    moving, meter = MariadbToPostgres("bench", source, target), Meter(source, target)
    spent: list[Spent] = []
    with meter.measured(spent):
        _run("fill", [each for each in moving.fill() if each.name != "catch up"])
    source.tell("UPDATE nguoi_dan SET le_phi = 1 WHERE id % 2000 = 7 LIMIT 100")
    with meter.measured(spent):
        _run("switch", moving.switch())
    with meter.measured(spent):
        good = moving.verify().good
    if not good:
        raise RuntimeError("the copy differs")
    source.tell("SET GLOBAL read_only = 0")
    return spent


def _run(name: str, steps: list[Step]) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / f"{name}.jsonl")
        return Run(name, steps, journal, lambda *_: None).forward()


def _pgloader(source: MariadbPlace, target: PostgresPlace) -> list[Spent]:
    """Give what pgloader took, and what the SQL took that makes Unicode of it."""
    meter = Meter(source, target)
    spent: list[Spent] = []
    with meter.measured(spent):
        pgloader.load(source, target)
    with meter.measured(spent):
        pgloader.to_unicode(target, source.database)
    return spent


def _fresh(place: PostgresPlace, name: str) -> PostgresPlace:
    place.tell(f"create database {identifier(name)}")
    return place.with_database(name)


def _drop(place: PostgresPlace, *names: str) -> None:
    place.tell(*(f"drop database {identifier(name)} with (force)" for name in names))
