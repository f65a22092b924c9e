"""An old server with the things that moves forget, and a new one."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import suppress

import asyncpg
import pytest

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.text.encode import encoder
from tests.databases import Server, mariadb, postgres
from tests.playbooks.migration.clerk import Clerk, served, working

_numbers = itertools.count()
Ends = tuple[MariadbPlace, PostgresPlace]
CLERK = """
CREATE USER clerk@'%' IDENTIFIED BY 'clerk'
"""
SHAPE = (
    """CREATE TABLE NguoiDan (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
      HoTen varchar(100) NOT NULL, dia_chi text, ghi_chu varchar(200), ngay_sinh date NOT NULL,
      sua datetime(3), tao timestamp NOT NULL DEFAULT current_timestamp(), con_song tinyint(1)
      DEFAULT 1, muc tinyint(1), loai enum('{thuong}','{ngheo}') DEFAULT '{thuong}',
      quyen set('doc','ghi'), le_phi decimal(12,2) unsigned zerofill, do_cao float, do_dai double,
      anh blob, co bit(5), nam year, gio time(2), lon bigint unsigned,
      UNIQUE KEY ma (ghi_chu, id), KEY ten (HoTen(20))) ENGINE=MyISAM DEFAULT CHARSET=latin1""",
    """CREATE TABLE don (so varchar(12) NOT NULL, lan int NOT NULL, noi_dung mediumtext,
      dan int unsigned, them json, PRIMARY KEY (so, lan)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4""",
    """CREATE TABLE muc (id int NOT NULL PRIMARY KEY, cha int,
      ten varchar(40) CHARACTER SET utf8mb3,
      CONSTRAINT cha FOREIGN KEY (cha) REFERENCES muc (id) ON DELETE CASCADE) ENGINE=InnoDB""",
    "CREATE TABLE nhat_ky (viec varchar(60), luc datetime) ENGINE=MyISAM DEFAULT CHARSET=latin1",
    """CREATE TABLE ledger (writer int NOT NULL, number int NOT NULL, PRIMARY KEY (writer, number))
      ENGINE=MyISAM""",
    "CREATE VIEW dan AS SELECT id FROM NguoiDan",
)
NAMES = ("nguyễn Thị Hường", "trần Đức Lương", "lê Văn Khánh", "phạm Ngọc Thủy", "đỗ Quốc Nghĩa")
PLACES = ("đường Hai Bà Trưng, Hà Nội", "phố Nguyễn Trãi, quận Thanh Xuân", "ngõ chợ Khâm Thiên")
ROWS = 5000
_BORN = ("'1969-02-03'", "'0000-00-00'")


class Writer(Clerk):
    """Somebody who writes into the old server, and into the new one once people are led there."""

    def write(self, number: int) -> None:
        row = f"({self.number}, {number})"
        if isinstance(self.place, PostgresPlace):
            asyncio.run(self._write_new(self.place, row))
            return
        with served(self.place, autocommit=True) as clerk:
            clerk.query(f"INSERT IGNORE INTO ledger VALUES {row}")  # noqa: S608
            clerk.query(
                f"UPDATE NguoiDan SET nam = {2000 + number % 90} WHERE id = {1 + number * 37 % ROWS}"  # noqa: S608, E501
            )

    async def _write_new(self, place: PostgresPlace, row: str) -> None:
        connection = await asyncpg.connect(
            host=place.host,
            port=place.port,
            user="clerk",
            password="clerk",  # noqa: S106 - of a server that lives for a test
            database=place.database,
            timeout=5,
        )
        try:
            await connection.execute(f"insert into ledger values {row} on conflict do nothing")  # noqa: S608
        finally:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=2)


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[Server, Server]]:
    with mariadb() as old, postgres() as new:
        root = MariadbPlace("127.0.0.1", old.port, "", "root", old.secret)
        root.tell(CLERK, "GRANT SELECT, INSERT, UPDATE, DELETE ON `so\\_%`.* TO clerk@'%'")
        PostgresPlace("127.0.0.1", new.port, "postgres", "postgres", new.secret).tell(
            "create role clerk login password 'clerk'"
        )
        yield old, new


@pytest.fixture
def ends(servers: tuple[Server, Server]) -> Ends:
    """Give an old database with rows, and an empty new one."""
    name = f"so_{next(_numbers)}"
    old, new = servers
    source = MariadbPlace("127.0.0.1", old.port, name, "root", old.secret)
    target = PostgresPlace("127.0.0.1", new.port, name, "postgres", new.secret)
    source.with_database("").tell("SET GLOBAL read_only = 0", f"CREATE DATABASE {name}")
    target.with_database("postgres").tell(f"create database {name}")
    labels = {
        "thuong": encoder("tcvn3")("hộ thường").decode("cp1252"),
        "ngheo": encoder("tcvn3")("hộ nghèo").decode("cp1252"),
    }
    source.tell(SHAPE[0].format(**labels), *SHAPE[1:])
    fill(source)
    return source, target


def fill(source: MariadbPlace) -> None:
    tcvn3, vni = encoder("tcvn3"), encoder("vni-win")
    citizens = []
    for number in range(ROWS):
        name = tcvn3(f"{NAMES[number % 5]} {number}").hex()
        place = vni(f"số {number} {PLACES[number % 3]}").hex()
        note = "NULL" if number % 7 == 0 else f"'a\\\\b\\tc\\n{number}\\r'"
        citizens.append(
            f"(NULL, X'{name}', X'{place}', {note}, {_BORN[number % 5 == 0]},"
            f" '2001-02-03 04:05:06.789', '2001-02-03 04:05:06', {number % 2}, {number % 5},"
            f" {1 + number % 2}, 'doc,ghi', {number}.5, {number} / 3, {number} / 7e0,"
            f" X'00FF1F0A5C', b'00101', 1999, '12:34:56.78', 18446744073709551615)"
        )
    letters = ", ".join(
        f"('D{number:05}', 1, 'Đơn số {number} 😀 về đường sá', {number}, '{{\"a\": 1}}')"
        for number in range(600)
    )
    notes = ", ".join(f"(X'{tcvn3('việc của phường').hex()}', NULL)" for _ in range(50))
    source.tell(
        f"INSERT INTO NguoiDan VALUES {', '.join(citizens)}",  # noqa: S608
        f"INSERT INTO don VALUES {letters}",  # noqa: S608
        "INSERT INTO muc VALUES (1, NULL, 'Gốc'), (2, 1, 'Cành'), (3, 2, 'Lá')",
        f"INSERT INTO nhat_ky VALUES {notes}",  # noqa: S608
    )


@pytest.fixture
def writers(ends: Ends) -> Iterator[list[Writer]]:
    """Two who write all the time."""
    with working([Writer(ends[0], number) for number in range(2)]) as made:
        yield made
