"""Two MariaDB servers, and a database with the things that moves forget."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb_replica.marks import DATABASE
from playbooks.text.encode import encoder
from tests.databases import Server, mariadb
from tests.playbooks.migration.clerk import Clerk, served, working

_numbers = itertools.count()
Ends = tuple[MariadbPlace, MariadbPlace]
ROWS = 3000
NEW = {"server-id": 2, "event-scheduler": "ON", "innodb-flush-log-at-trx-commit": 1}
SHAPE = (
    """CREATE TABLE nguoi_dan (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
      ho_ten varchar(100) CHARACTER SET latin1 NOT NULL, dia_chi text CHARACTER SET latin1,
      ngay_sinh date NOT NULL, tao timestamp NOT NULL DEFAULT current_timestamp(),
      loai enum('{thuong}','{ngheo}') CHARACTER SET latin1 DEFAULT '{thuong}',
      le_phi decimal(12,2), do_cao float, do_dai double, anh blob, co bit(5), cho point,
      tuoi int GENERATED ALWAYS AS (2026 - year(ngay_sinh)) STORED,
      KEY ten (ho_ten(20))) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4""",
    """CREATE TABLE don (so varchar(12) COLLATE utf8mb4_vietnamese_ci NOT NULL, lan int NOT NULL,
      noi_dung mediumtext, dan int unsigned, them json, PRIMARY KEY (so, lan),
      CONSTRAINT dan FOREIGN KEY (dan) REFERENCES nguoi_dan (id)) ENGINE=InnoDB""",
    "CREATE TABLE nhat_ky (viec varchar(60), luc datetime) ENGINE=InnoDB",
    "CREATE TABLE ledger (writer int NOT NULL, number int NOT NULL, PRIMARY KEY (writer, number))",
    "CREATE SEQUENCE so_don START 100",
    "CREATE VIEW dan AS SELECT id, ho_ten FROM nguoi_dan",
    "CREATE TRIGGER ghi AFTER UPDATE ON don FOR EACH ROW INSERT INTO nhat_ky VALUES (NEW.so, NULL)",
    "CREATE DEFINER=clerk@'%' PROCEDURE dem() SQL SECURITY INVOKER SELECT count(*) FROM don",
    "CREATE EVENT don_dep ON SCHEDULE EVERY 1 DAY STARTS '2020-01-01' DO DELETE FROM nhat_ky",
    "CREATE EVENT nghi ON SCHEDULE EVERY 1 DAY STARTS '2020-01-01' DISABLE DO DELETE FROM nhat_ky",
)


class Writer(Clerk):
    """Somebody who writes into three tables in one transaction."""

    def write(self, number: int) -> None:
        row = f"({self.number}, {number})"
        statements = (
            f"INSERT IGNORE INTO ledger VALUES {row}",  # noqa: S608
            f"UPDATE nguoi_dan SET le_phi = {number} WHERE id = {1 + number * 37 % ROWS}",  # noqa: S608
            f"UPDATE don SET noi_dung = {number} WHERE lan = {1 + number % 50}",  # noqa: S608
        )
        with served(self.place, connect_timeout=5, read_timeout=20, ssl_disabled=True) as clerk:
            for words in statements:
                clerk.query(words)
            clerk.commit()


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[Server, Server]]:
    with mariadb() as old, mariadb(**NEW) as new:
        yield old, new


@pytest.fixture
def ring() -> Iterator[Ends]:
    """Give ends on servers that log what they follow, each in a strict domain of its own."""
    more = {"log-slave-updates": "ON", "gtid-strict-mode": "ON"}
    with mariadb(**more) as old, mariadb(**NEW, **more, **{"gtid-domain-id": 2}) as new:
        yield made((old, new))


@pytest.fixture
def ends(servers: tuple[Server, Server]) -> Iterator[Ends]:
    """Give an old database with rows, and a server that lacks it; both are as before afterwards."""
    places = made(servers)
    yield places
    tidy(*places)


def made(servers: tuple[Server, Server]) -> Ends:
    name = f"so_{next(_numbers)}"
    source, target = (
        MariadbPlace("127.0.0.1", each.port, name, "root", each.secret) for each in servers
    )
    tidy(source, target)
    source.with_database("").tell(
        "CREATE USER IF NOT EXISTS clerk@'%' IDENTIFIED BY 'clerk'",
        "CREATE ROLE IF NOT EXISTS office",
        f"CREATE DATABASE {name} CHARACTER SET latin1",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON `so\\_%`.* TO clerk@'%'",
    )
    labels = {
        "thuong": encoder("tcvn3")("hộ thường").decode("cp1252"),
        "ngheo": encoder("tcvn3")("hộ nghèo").decode("cp1252"),
    }
    source.tell(SHAPE[0].format(**labels), *SHAPE[1:])
    source.tell("GRANT SELECT ON nguoi_dan TO office", "GRANT office TO clerk@'%'")
    fill(source)
    return source, target


def tidy(*places: MariadbPlace) -> None:
    for place in places:
        server = place.with_database("")
        for row in server.several("show all slaves status")[0]:
            name = row["Connection_name"]
            server.tell(f"stop slave '{name}'", f"reset slave '{name}' all")
        server.tell(
            "SET GLOBAL read_only = 0",
            f"DROP DATABASE IF EXISTS {place.database}",
            f"DROP DATABASE IF EXISTS {DATABASE}",
        )


def fill(source: MariadbPlace) -> None:
    """Fill it with text that no character set of the server knows."""
    tcvn3, every = encoder("tcvn3"), bytes(range(256)).hex()
    citizens = ", ".join(
        f"({number}, X'{tcvn3(f'nguyễn Thị Hường {number}').hex()}', X'{every}', '0000-00-00',"
        f" '2001-02-03 04:05:06', {1 + number % 2}, {number}.5, {number} / 3, {number} / 7e0,"
        f" X'00FF1F0A5C', b'00101', ST_GeomFromText('POINT({number} 2)'))"
        for number in range(1, ROWS + 1)
    )
    columns = "id, ho_ten, dia_chi, ngay_sinh, tao, loai, le_phi, do_cao, do_dai, anh, co, cho"
    letters = ", ".join(
        f"('D{number:05}', {number}, 'Đơn số {number} 😀 về\\nđường sá', {number}, '{{\"a\": 1}}')"
        for number in range(1, 600)
    )
    source.tell(
        f"INSERT INTO nguoi_dan ({columns}) VALUES {citizens}",  # noqa: S608
        f"INSERT INTO don VALUES {letters}",  # noqa: S608
        "INSERT INTO nhat_ky VALUES ('việc', NULL), ('việc', NULL), ('khác', '2020-01-01')",
        "DELETE FROM nguoi_dan WHERE id = 3000",
        "DO NEXTVAL(so_don)",
    )


@pytest.fixture
def writers(ends: Ends) -> Iterator[list[Writer]]:
    """Give two who write all the time."""
    with working(clerks(ends[0])) as made:
        yield made


def clerks(place: MariadbPlace) -> list[Writer]:
    return [Writer(place, number) for number in range(2)]
