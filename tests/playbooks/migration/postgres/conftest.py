"""Two real servers, and a database with the things that moves forget."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import asyncpg
import pytest

from playbooks.migration.postgres.place import PostgresPlace
from tests.databases import Server, postgres
from tests.playbooks.migration.clerk import working

_numbers = itertools.count()
OLD = """
create role clerk login password 'clerk';
create role office nologin;
grant office to clerk;
"""
SHAPE = """
create type status as enum ('mới', 'đã xử lý');
create table citizen (id bigserial primary key, name text not null, spouse bigint, note text);
alter table citizen add constraint spouse foreign key (spouse) references citizen deferrable;
create table letter (id bigint primary key, citizen bigint references citizen, state status,
  body text, scan bytea, amount numeric(12, 2), at timestamptz default now());
create index letter_words on letter using gin (to_tsvector('simple', body));
create table line (said text, at int);
create unlogged table session (token text primary key);
create table "Sổ ""cũ"" tay" (nam int, so int, primary key (nam, so)) partition by list (nam);
create table "Sổ 2025" partition of "Sổ ""cũ"" tay" for values in (2025);
create view letters as select c.name, l.body from citizen c join letter l on l.citizen = c.id;
create sequence ticket start 100;
create table ledger (writer int, number int, primary key (writer, number));
insert into citizen (name, note) select 'Nguyễn Thị ' || i, repeat('đường ', 5)
  from generate_series(1, 5000) i;
update citizen set spouse = 5001 - id;
insert into letter select i, 1 + i % 5000, 'mới', 'Đơn đề nghị số ' || i, '\\x00ff', i / 3.0
  from generate_series(1, 20000) i;
insert into line select 'dòng ' || i % 7, i % 7 from generate_series(1, 500) i;
insert into session values ('mã phiên');
insert into "Sổ ""cũ"" tay" select 2025, i from generate_series(1, 300) i;
select nextval('ticket') from generate_series(1, 50);
select lo_from_bytea(777, '\\x48e1bb93');
grant select, insert, update, delete on all tables in schema public to office;
"""


@dataclass
class Writer:
    """Somebody who works on whichever database is said to be the one, and keeps a ledger."""

    place: PostgresPlace
    number: int
    acknowledged: list[int] = field(default_factory=list)
    longest_pause: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        asyncio.run(self._work())

    async def _work(self) -> None:
        last = time.monotonic()
        for number in itertools.count():
            while not self.over.is_set():
                with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    await self._write(number)
                    break
                await asyncio.sleep(0.02)
            if self.over.is_set():
                return
            self.acknowledged.append(number)
            now = time.monotonic()
            self.longest_pause, last = max(self.longest_pause, now - last), now

    async def _write(self, number: int) -> None:
        place = self.place
        connection = await asyncpg.connect(
            host=place.host,
            port=place.port,
            user="clerk",
            password="clerk",  # noqa: S106 - of a server that lives for a test
            database=place.database,
            timeout=5,
        )
        try:
            await connection.execute(
                "insert into ledger values ($1, $2) on conflict do nothing", self.number, number
            )
        finally:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=2)


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[Server, Server]]:
    with postgres() as old, postgres() as new:
        PostgresPlace("127.0.0.1", old.port, "postgres", "postgres", old.secret).tell(OLD)
        yield old, new


@pytest.fixture
def ends(servers: tuple[Server, Server]) -> Iterator[tuple[PostgresPlace, PostgresPlace]]:
    """Give a database with rows, and an empty one on the other server; what flows ends with it."""
    name = f"so_{next(_numbers)}"
    places = tuple(
        PostgresPlace("127.0.0.1", each.port, name, "postgres", each.secret) for each in servers
    )
    for place in places:
        place.with_database("postgres").tell(f"create database {name}")
    old, new = places
    old.tell(SHAPE)
    yield old, new
    for each in reversed(servers):
        cleared(each)


def cleared(server: Server) -> None:
    """End all flows to a server and from it: a test that leaves one keeps a worker and a slot."""
    admin = PostgresPlace("127.0.0.1", server.port, "postgres", "postgres", server.secret)
    for database, name in admin.ask(
        "select datname, subname from pg_subscription join pg_database d on d.oid = subdbid"
    ):
        admin.with_database(database).tell(
            f"alter subscription {name} disable",
            f"alter subscription {name} set (slot_name = none)",
            f"drop subscription {name}",
        )
    admin.ask(
        "select pg_terminate_backend(active_pid, 10000) from pg_replication_slots"
        " where active_pid is not null"
    )
    admin.ask("select pg_drop_replication_slot(slot_name) from pg_replication_slots")


@pytest.fixture
def writers(ends: tuple[PostgresPlace, PostgresPlace]) -> Iterator[list[Writer]]:
    """Two who write all the time."""
    with working([Writer(ends[0], number) for number in range(2)]) as made:
        yield made
