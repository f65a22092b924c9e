"""Two databases of many tables, of which some hang on others, and who changes them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb_replica.move import MariadbMove
from tests.databases import Server
from tests.playbooks.migration.clerk import served
from tests.playbooks.migration.mariadb_replica.conftest import Writer, tidy

_numbers = itertools.count()
ROWS = 400
# A dump takes databases and tables by name: so is the order in which they get whole.
FIRST = (
    "CREATE TABLE a_tinh (id int PRIMARY KEY, ten varchar(60)) ENGINE=InnoDB",
    """CREATE TABLE b_xa (id int PRIMARY KEY, tinh int, ten blob, KEY (tinh),
      CONSTRAINT tinh FOREIGN KEY (tinh) REFERENCES a_tinh (id)
      ON DELETE CASCADE ON UPDATE CASCADE) ENGINE=InnoDB""",
    "CREATE TABLE `c đơn, vị` (id int PRIMARY KEY, ten text) ENGINE=InnoDB",
    "CREATE TABLE d_rieng (id int PRIMARY KEY, so int) ENGINE=InnoDB",
    """CREATE TABLE e_con (id int PRIMARY KEY, sau int, CONSTRAINT sau
      FOREIGN KEY (sau) REFERENCES {second}.z_sau (id) ON DELETE CASCADE) ENGINE=InnoDB""",
)
SECOND = (
    "CREATE TABLE ledger (writer int, number int, PRIMARY KEY (writer, number)) ENGINE=InnoDB",
    "CREATE TABLE z_sau (id int PRIMARY KEY, ten text) ENGINE=InnoDB",
    "CREATE SEQUENCE z_so START 10",
    "CREATE VIEW z_xem AS SELECT id FROM z_sau",
    "CREATE PROCEDURE dem() SELECT count(*) FROM z_sau",
)
ROWS_OF = (
    "INSERT INTO {first}.a_tinh SELECT seq, seq FROM {rows}",
    """INSERT INTO {first}.b_xa SELECT seq, seq, concat('UNLOCK TABLES;\\nUNLOCK TABLES;\\n',
      unhex('00ff0a27225c60')) FROM {rows}""",
    "INSERT INTO {first}.`c đơn, vị` SELECT seq, '\\n' FROM {rows}",
    "INSERT INTO {first}.d_rieng SELECT seq, seq FROM {rows}",
    "INSERT INTO {second}.z_sau SELECT seq, seq FROM {rows}",
    "INSERT INTO {first}.e_con SELECT seq, seq FROM {rows}",
)


@dataclass(frozen=True)
class Parts:
    """Both databases on both servers; places name none."""

    source: MariadbPlace
    target: MariadbPlace
    first: str
    second: str
    lock: bool = False

    @property
    def move(self) -> MariadbMove:
        names = (self.first, self.second)
        return MariadbMove("phan", self.source, self.target, lock=self.lock, databases=names)

    def table(self, name: str) -> tuple[str, str]:
        return (self.second if name in {"ledger", "z_sau"} else self.first, name)

    def numbers(self) -> dict[str, int]:
        """Give the numbers of the target's tables: one that is made anew has another one."""
        rows = self.target.ask(
            "select NAME, TABLE_ID from information_schema.INNODB_SYS_TABLES"
            " where NAME like %s or NAME like %s",
            f"{self.first}/%",
            f"{self.second}/%",
        )
        return {str(name).split("/")[1]: int(number) for name, number in rows}


class Changer(Writer):
    """Somebody who inserts, updates and deletes in all tables, also what others hang on."""

    def write(self, number: int) -> None:
        row = 1 + (number * 7 + self.number * (ROWS // 2)) % ROWS
        second = self.place.database
        first = second.replace("second", "first")
        statements = (
            f"DELETE FROM {first}.a_tinh WHERE id = {row}",  # noqa: S608 - what is b_xa's goes too
            f"INSERT INTO {first}.a_tinh VALUES ({row}, {number})",  # noqa: S608
            f"REPLACE INTO {first}.b_xa VALUES ({row}, {row}, {number})",  # noqa: S608
            f"UPDATE {first}.a_tinh SET id = -id WHERE id = {row}",  # noqa: S608 - b_xa's too
            f"UPDATE {first}.a_tinh SET id = -id WHERE id = {-row}",  # noqa: S608
            f"REPLACE INTO {first}.`c đơn, vị` VALUES ({row}, {number})",  # noqa: S608
            f"UPDATE {first}.d_rieng SET so = so + 1 WHERE id = {row}",  # noqa: S608
            f"REPLACE INTO {first}.d_rieng VALUES ({ROWS * 9 + 2 * number + self.number}, 0)",  # noqa: S608
            f"DELETE FROM {second}.z_sau WHERE id = {row}",  # noqa: S608 - what is e_con's goes too
            f"INSERT INTO {second}.z_sau VALUES ({row}, {number})",  # noqa: S608
            f"INSERT INTO {first}.e_con VALUES ({row}, {row})",  # noqa: S608
            f"REPLACE INTO ledger VALUES ({self.number}, {number})",  # noqa: S608
        )
        with served(self.place, connect_timeout=5, read_timeout=20, ssl_disabled=True) as clerk:
            for words in statements:
                clerk.query(words)
            clerk.commit()


def changers(parts: Parts) -> list[Changer]:
    place = parts.source.with_database(parts.second)
    return [Changer(place, number) for number in range(2)]


def made(servers: tuple[Server, Server], rows: int = ROWS) -> Parts:
    number = next(_numbers)
    source, target = (
        MariadbPlace("127.0.0.1", each.port, "", "root", each.secret) for each in servers
    )
    parts = Parts(source, target, f"so_first_{number}", f"so_second_{number}")
    gone(parts)
    said = {"first": parts.first, "second": parts.second, "rows": f"seq_1_to_{rows}"}
    source.tell(
        "CREATE USER IF NOT EXISTS clerk@'%' IDENTIFIED BY 'clerk'",
        f"CREATE DATABASE {parts.first} CHARACTER SET utf8mb4",
        f"CREATE DATABASE {parts.second} CHARACTER SET latin1",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON `so\\_%`.* TO clerk@'%'",
    )
    for name, words in ((parts.first, FIRST), (parts.second, SECOND)):
        source.with_database(name).tell(*(each.format(**said) for each in words))
    source.tell(f"USE {parts.first}", *(each.format(**said) for each in ROWS_OF))
    return parts


def gone(parts: Parts) -> None:
    for place in (parts.source, parts.target):
        for name in (parts.first, parts.second):
            tidy(place.with_database(name))
