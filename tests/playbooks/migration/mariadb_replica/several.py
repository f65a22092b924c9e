"""Two databases that are one system: views, keys, triggers and transactions reach across."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb_replica.move import MariadbMove
from tests.databases import Server
from tests.playbooks.migration.clerk import served
from tests.playbooks.migration.mariadb_replica.conftest import Writer, tidy

_numbers = itertools.count()
LISTS = (
    "CREATE TABLE xa (ma int PRIMARY KEY, ten varchar(60) CHARACTER SET latin1) ENGINE=InnoDB",
    "CREATE TABLE ledger (writer int, number int, PRIMARY KEY (writer, number)) ENGINE=InnoDB",
    "INSERT INTO xa SELECT seq, unhex('5068b4') FROM seq_1_to_500",
    "CREATE EVENT don_dep ON SCHEDULE EVERY 1 DAY STARTS '2020-01-01' DO DELETE FROM ledger",
)
FILES = (
    """CREATE TABLE ho_so (so int NOT NULL AUTO_INCREMENT PRIMARY KEY, xa int, le_phi float,
      CONSTRAINT xa FOREIGN KEY (xa) REFERENCES {lists}.xa (ma)) ENGINE=InnoDB""",
    "CREATE TABLE ledger (writer int, number int, PRIMARY KEY (writer, number)) ENGINE=InnoDB",
    "CREATE TABLE dem (writer int, number int, PRIMARY KEY (writer, number)) ENGINE=InnoDB",
    "INSERT INTO ho_so (xa, le_phi) SELECT 1 + seq % 500, seq / 3 FROM seq_1_to_2000",
    "CREATE VIEW theo_xa AS SELECT h.so, x.ten FROM ho_so h JOIN {lists}.xa x ON x.ma = h.xa",
    """CREATE TRIGGER ghi AFTER INSERT ON ledger FOR EACH ROW
      INSERT INTO {lists}.ledger VALUES (NEW.writer, NEW.number)""",
    "CREATE EVENT don_dep ON SCHEDULE EVERY 1 DAY STARTS '2020-01-01' DO DELETE FROM dem",
)


@dataclass(frozen=True)
class System:
    """The two on both servers; places name no database."""

    source: MariadbPlace
    target: MariadbPlace
    lists: str
    files: str

    @property
    def names(self) -> tuple[str, str]:
        return self.lists, self.files

    def move(self, **more: object) -> MariadbMove:
        return MariadbMove("tinh", self.source, self.target, databases=self.names, **more)

    def ledgers(self, place: MariadbPlace) -> Sequence[set[tuple[int, int]]]:
        """Give what three tables of two databases say, written in one transaction each time."""
        tables = (f"{self.files}.ledger", f"{self.lists}.ledger", f"{self.files}.dem")
        return [set(place.ask(f"SELECT * FROM {each}")) for each in tables]  # noqa: S608

    def counts(self, place: MariadbPlace) -> tuple[int, int]:
        """Count in both databases by one look."""
        one, other = (f"(SELECT count(*) FROM {each}.ledger)" for each in self.names)  # noqa: S608
        return place.ask(f"SELECT {one}, {other}")[0]


class Pair(Writer):
    """Somebody who writes into both databases in one transaction; a trigger writes a third row."""

    def write(self, number: int) -> None:
        row, other = f"({self.number}, {number})", self.place.database.replace("files", "lists")
        with served(self.place, connect_timeout=5, read_timeout=20, ssl_disabled=True) as clerk:
            clerk.query(f"DELETE FROM ledger WHERE (writer, number) = {row}")  # noqa: S608
            clerk.query(f"DELETE FROM {other}.ledger WHERE (writer, number) = {row}")  # noqa: S608
            clerk.query(f"INSERT INTO ledger VALUES {row}")  # noqa: S608
            clerk.query(f"UPDATE {other}.xa SET ten = {number} WHERE ma = {1 + number % 500}")  # noqa: S608
            clerk.query(f"REPLACE INTO dem VALUES {row}")  # noqa: S608
            clerk.commit()


def made(servers: tuple[Server, Server]) -> System:
    number = next(_numbers)
    source, target = (
        MariadbPlace("127.0.0.1", each.port, "", "root", each.secret) for each in servers
    )
    system = System(source, target, f"so_lists_{number}", f"so_files_{number}")
    gone(system)
    source.tell(
        "CREATE USER IF NOT EXISTS clerk@'%' IDENTIFIED BY 'clerk'",
        f"CREATE DATABASE {system.lists} CHARACTER SET utf8mb4",
        f"CREATE DATABASE {system.files} CHARACTER SET latin1",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON `so\\_%`.* TO clerk@'%'",
    )
    for name, words in ((system.lists, LISTS), (system.files, FILES)):
        source.with_database(name).tell(*(each.format(lists=system.lists) for each in words))
    return system


def gone(system: System) -> None:
    for place in (system.source, system.target):
        for name in system.names:
            tidy(place.with_database(name))
