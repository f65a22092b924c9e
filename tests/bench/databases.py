"""Moving a PostgreSQL database: ours beside pgcopydb and pg_dump, on the same servers, one run.

The rows are those of a register: keys, Vietnamese names, amounts, times, scans.
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

from playbooks.migration.postgres.move import PostgresMove
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.steps import Journal, Run
from playbooks.migration.verify.postgres import verify
from tests.bench.measure import server_seconds
from tests.databases import Server, postgres

PAGE = "benchmark-databases.md"
SIZES = tuple(int(each) for each in os.environ.get("SEN_BENCH_ROWS", "1000000,4000000").split(","))
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


@dataclass(frozen=True)
class Timed:
    """One way of moving the rows."""

    name: str
    seconds: float


def report(command: str) -> str:
    """Measure all sizes and give the page."""
    with postgres(**SETTINGS) as old, postgres(**SETTINGS) as new:
        parts = [_size(rows, old, new) for rows in SIZES]
    head = [
        "# Moving databases, measured",
        "",
        f"`{command}`, on {os.cpu_count()} cores; both servers on this machine, with fsync.",
        "Time until every row, index and sequence is there. Ours goes on replicating after that,",
        "the others copy once. Ratio: ours to the other; under 1 ours is faster.",
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
    found = [_timed(name, way, source, new) for name, way in _ways()]
    verified, spent = _timed_verify(source, new)
    _drop(source)
    ours = found[0].seconds
    return [
        f"## {rows:,} rows, {size:,.0f} MB with indexes",
        "",
        "| way | s | ratio |",
        "|---|--:|--:|",
        *(f"| {each.name} | {each.seconds:.1f} | {ours / each.seconds:.2f} |" for each in found),
        "",
        f"Verified row by row on both servers in {verified:.1f} s; processor time of the",
        f"source {spent[0]:.1f} s, of the target {spent[1]:.1f} s.",
        "",
    ]


def _ways() -> Iterator[tuple[str, Callable[[PostgresPlace, PostgresPlace], None]]]:
    yield "sen", _ours
    if shutil.which("pgcopydb"):
        yield "pgcopydb, 2 tables and 2 indexes at a time", _pgcopydb
    yield "pg_dump -j 2, pg_restore -j 2", _dump


def _timed(
    name: str,
    way: Callable[[PostgresPlace, PostgresPlace], None],
    source: PostgresPlace,
    new: Server,
) -> Timed:
    with _fresh(new) as target:
        source.tell("checkpoint")
        started = time.monotonic()
        way(source, target)
        seconds = time.monotonic() - started
        rows = "select count(*) from letter"
        if target.value(rows) != source.value(rows):
            raise RuntimeError(f"{name}: rows are missing")
    return Timed(name, seconds)


def _timed_verify(source: PostgresPlace, new: Server) -> tuple[float, tuple[float, ...]]:
    """Give seconds by the clock, and of processors on source and target."""
    with _fresh(new) as target:
        _dump(source, target)
        for each in (source, target):
            each.tell("vacuum analyze", "checkpoint")  # what a copy leaves to do is not ours
        before = [server_seconds(each) for each in (source, target)]
        started = time.monotonic()
        if not verify(source, target).good:
            raise RuntimeError("the copy differs")
        seconds = time.monotonic() - started
        after = [server_seconds(each) for each in (source, target)]
        return seconds, tuple(b - a for a, b in zip(before, after, strict=True))


def _ours(source: PostgresPlace, target: PostgresPlace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        moving = PostgresMove("bench", source, target)
        Run("bench", moving.fill(), Journal(Path(folder) / "j.jsonl"), lambda *_: None).forward()
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
