"""Moving a PostgreSQL database: ours beside pgcopydb and pg_dump, on the same servers, one run.

The rows are those of a register: keys, Vietnamese names, amounts, times, scans. The first copy is
not counted: a new server makes files that the next copies find. Then the ways take turns.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.postgres.freeze import copy_sequences
from playbooks.migration.postgres.move import PostgresMove
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.steps import Journal, Run
from playbooks.migration.verify.postgres import verify
from tests.bench.measure import server_seconds
from tests.databases import Server, postgres

PAGE = "benchmark-databases.md"
SIZES = tuple(int(each) for each in os.environ.get("SEN_BENCH_ROWS", "1000000,4000000").split(","))
ROUNDS = int(os.environ.get("SEN_BENCH_ROUNDS", "3"))
SETTINGS = {
    "shared_buffers": "1GB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "6GB",
    "fsync": "on",
}
SHAPE = """
create table citizen (id bigserial primary key, name text, born date, code char(12), note text);
create table letter (id bigint primary key, citizen bigint, amount numeric(12, 2),
  at timestamptz, body text);
create table scan (id bigint primary key, letter bigint, content bytea);
insert into citizen (name, born, code, note)
  select 'Nguyễn Thị Thu Hương ' || i, date '1950-01-01' + i % 20000,
    lpad(i::text, 12, '0'), 'Phường Hai Bà Trưng, thành phố Hà Nội'
  from generate_series(1, {rows} * 3 / 10) i;
insert into letter select i, i % 100000, i / 7.0,
  timestamptz '2020-01-01' + i * interval '1 second', 'Đơn đề nghị cấp lại giấy tờ số ' || i
  from generate_series(1, {rows} * 6 / 10) i;
insert into scan select i, i, decode(md5(i::text) || md5((i + 1)::text), 'hex')
  from generate_series(1, {rows} / 10) i;
create index on citizen (name);
create index on citizen (code);
create index on letter (citizen);
create index on letter (at);
create index on scan (letter);
vacuum analyze;
"""
COUNTS = (
    "select count(*) from letter",
    "select count(*) from citizen",
    "select count(*) from scan",
    "select count(*) from pg_index where indisvalid and indrelid = 'letter'::regclass",
    "select last_value from citizen_id_seq",
)
Way = Callable[[PostgresPlace, PostgresPlace], None]


@dataclass(frozen=True)
class Timed:
    """One copy.

    Attributes:
        seconds: By the clock.
        spent: Seconds of processors: of the mover with its programs, of the source, of the target.
    """

    seconds: float
    spent: tuple[float, ...]


def report(command: str) -> str:
    """Measure all sizes and give the page."""
    with postgres(**SETTINGS) as old, postgres(**SETTINGS) as new:
        parts = [_size(rows, old, new) for rows in SIZES]
    head = [
        "# Moving databases, measured",
        "",
        f"`{command}`, on {os.cpu_count()} cores; both servers on this machine, with fsync.",
        "Time until every row, index and sequence is there. Ours goes on replicating after that,",
        "the others copy once; pgcopydb also vacuums and analyzes. Ratio: ours to the other; under",
        "1 ours is faster.",
        "",
        "Each way has two processes. One copy before all is not counted: it makes the files of the",
        f"target's log, which later copies find. Then each way copies {ROUNDS} times, in an order",
        "that rotates; told is the fastest copy of each, and in brackets the slowest.",
        "",
    ]
    return "\n".join([*head, *(line for part in parts for line in part)])


def _size(rows: int, old: Server, new: Server) -> list[str]:
    source = _place(old, "source")
    _make(source)
    for each in SHAPE.format(rows=rows).split(";\n"):
        if each.strip():
            source.tell(each)
    size = source.value("select pg_database_size(current_database())") / 1e6
    load = os.getloadavg()[0]
    found = _rounds(source, new)
    verified = _timed_verify(source, new)
    _drop(source)
    ours = found["sen"][0].seconds
    return [
        f"## {rows:,} rows, {size:,.0f} MB with indexes",
        "",
        "| way | s | ratio | CPU s: mover | source | target |",
        "|---|--:|--:|--:|--:|--:|",
        *(
            f"| {name} | {a[0].seconds:.1f} ({a[-1].seconds:.1f}) | {ours / a[0].seconds:.2f} |"
            f" {' | '.join(f'{each:.1f}' for each in a[0].spent)} |"
            for name, a in found.items()
        ),
        "",
        f"Verified row by row on both servers in {verified.seconds:.1f} s; processor time of the",
        f"source {verified.spent[1]:.1f} s, of the target {verified.spent[2]:.1f} s. Load of the",
        f"machine before the first copy: {load:.1f}.",
        "",
    ]


def _rounds(source: PostgresPlace, new: Server) -> dict[str, list[Timed]]:
    """Let the ways take turns; give the copies of each, the fastest first."""
    ways = list(_ways())
    _copied(_ours, source, new)
    found: dict[str, list[Timed]] = {name: [] for name, _ in ways}
    for number in range(ROUNDS):
        first = number % len(ways)
        for name, way in ways[first:] + ways[:first]:
            found[name].append(_copied(way, source, new))
    return {name: sorted(each, key=lambda one: one.seconds) for name, each in found.items()}


def _ways() -> Iterator[tuple[str, Way]]:
    yield "sen", _ours
    if shutil.which("pgcopydb"):
        yield "pgcopydb, 2 tables and 2 indexes at a time", _pgcopydb
    yield "pg_dump -j 2, pg_restore -j 2", _dump


def _copied(way: Way, source: PostgresPlace, new: Server) -> Timed:
    with _fresh(new) as target:
        for each in (source, target):
            each.tell("checkpoint")
        timed = _timed(source, target, lambda: way(source, target))
        for words in COUNTS:
            if target.value(words) != source.value(words):
                raise RuntimeError(f"not the same: {words}")
        return timed


def _timed(source: PostgresPlace, target: PostgresPlace, act: Callable[[], None]) -> Timed:
    before, started = _spent(source, target), time.monotonic()
    act()
    seconds = time.monotonic() - started
    after = _spent(source, target)
    return Timed(seconds, tuple(b - a for a, b in zip(before, after, strict=True)))


def _spent(source: PostgresPlace, target: PostgresPlace) -> tuple[float, ...]:
    return (sum(os.times()[:4]), server_seconds(source), server_seconds(target))


def _timed_verify(source: PostgresPlace, new: Server) -> Timed:
    def verified() -> None:
        if not verify(source, target).good:
            raise RuntimeError("the copy differs")

    with _fresh(new) as target:
        _dump(source, target)
        for each in (source, target):
            each.tell("vacuum analyze", "checkpoint")  # what a copy leaves to do is not ours
        return _timed(source, target, verified)


def _ours(source: PostgresPlace, target: PostgresPlace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        moving = PostgresMove("bench", source, target)
        Run("bench", moving.fill(), Journal(Path(folder) / "j.jsonl"), lambda *_: None).forward()
        copy_sequences(source, target)
        Run("end", moving.finish(), Journal(Path(folder) / "e.jsonl"), lambda *_: None).forward()


def _pgcopydb(source: PostgresPlace, target: PostgresPlace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "pgpass"
        secret.touch(mode=0o600)
        ends = (source, target)
        lines = (
            f"127.0.0.1:{e.port}:*:postgres:{e.password_file.read_text('ascii')}"
            for e in ends
            if e.password_file
        )
        secret.write_text("\n".join(lines) + "\n", "ascii")
        words = [
            "env",
            f"PGPASSFILE={secret}",
            "pgcopydb",
            "clone",
            "--table-jobs",
            "2",
            "--index-jobs",
            "2",
        ]
        for option, end in zip(("--source", "--target"), ends, strict=True):
            words += [option, f"postgres://postgres@127.0.0.1:{end.port}/{end.database}"]
        source.program([*words, "--dir", f"{folder}/work"])


def _dump(source: PostgresPlace, target: PostgresPlace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        where = f"{folder}/dump"
        source.program(["pg_dump", "-Fd", "-j2", "-Z0", "-f", where])
        target.program(["pg_restore", "-j2", "-d", target.database, where])


@contextmanager
def _fresh(server: Server) -> Iterator[PostgresPlace]:
    place = _place(server, "target")
    _make(place)
    try:
        yield place
    finally:
        _drop(place)


def _make(place: PostgresPlace) -> None:
    place.with_database("postgres").tell(f"create database {place.database}")


def _drop(place: PostgresPlace) -> None:
    place.with_database("postgres").tell(f"drop database {place.database} with (force)")


def _place(server: Server, database: str) -> PostgresPlace:
    return PostgresPlace("127.0.0.1", server.port, database, "postgres", server.secret)
