"""What stands on a side, compared with the ledger and with the people whom the demo knows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.text import Reading
from playbooks.migration.postgres.place import PostgresPlace
from tests.demo_migration import names
from tests.demo_migration.clerk import Sent
from tests.demo_migration.hosts import Room
from tests.demo_migration.portal import UPLOADS

DOSSIERS = "select receipt, name, matter, state from dossier"
CITIZENS = "select id, name, address from citizen"
TCVN3 = Reading("tcvn3", 1.0, "the demo wrote it so", {})


@dataclass(frozen=True)
class Proof:
    """What was compared on one side.

    Attributes:
        lost: Receipts that the portal gave and that are not there as they were sent.
        garbled: Citizens whose name or street is another.
    """

    side: str
    requests: int
    papers: int
    citizens: int
    lost: tuple[str, ...]
    garbled: tuple[int, ...]

    @property
    def good(self) -> bool:
        return not self.lost and not self.garbled and self.citizens > 0

    def words(self) -> str:
        return (
            f"{self.requests} requests, {self.papers} papers: {len(self.lost)} lost; "
            f"{self.citizens} citizens: {len(self.garbled)} garbled"
        )


Row = tuple[str, ...]


def on_old(room: Room, ledger: Sequence[Sent], rows: int) -> Proof:
    """Look into MariaDB, where all text must be TCVN3 again, and into the old folder."""
    secret = room.secret("mover")
    place = MariadbPlace(room.address("legacy-db"), 3306, "portal", "mover", secret)
    dossiers = [tuple(map(_text, row)) for row in place.ask(_bytes(DOSSIERS))]
    citizens = [tuple(map(_text, row)) for row in place.ask(_bytes(CITIZENS))]
    return _proof("old", ledger, dossiers, (citizens, rows), _papers(room, "legacy-web"))


def on_new(room: Room, ledger: Sequence[Sent], rows: int) -> Proof:
    """Look into PostgreSQL, where all text must be Unicode, and into the new folder."""
    secret = room.secret("postgres")
    place = PostgresPlace(room.address("modern-db"), 5432, "portal", "postgres", secret)
    dossiers = [tuple(map(str, row)) for row in place.ask(DOSSIERS)]
    citizens = [tuple(map(str, row)) for row in place.ask(CITIZENS)]
    return _proof("new", ledger, dossiers, (citizens, rows), _papers(room, "modern-web"))


def _proof(
    side: str,
    ledger: Sequence[Sent],
    dossiers: Iterable[Row],
    people: tuple[Iterable[Row], int],
    papers: frozenset[str],
) -> Proof:
    there = {row[0]: row[1:] for row in dossiers}
    settled = {each.settled for each in ledger if each.settled}
    lost = [each.receipt for each in ledger if not _kept(each, there, papers, settled)]
    with_papers = sum(each.paper is not None for each in ledger)
    citizens, rows = people
    known = {row[0]: row[1:] for row in citizens}
    garbled = [n for n in range(rows) if known.get(str(n + 1)) != (names.name(n), names.street(n))]
    counts = (len(ledger), with_papers, len(known))
    return Proof(side, *counts, tuple(lost), tuple(garbled))


def _kept(sent: Sent, there: dict[str, Row], papers: frozenset[str], settled: set[str]) -> bool:
    row = there.get(sent.receipt)
    if row is None or row[:2] != (sent.name, sent.matter):
        return False
    if sent.receipt in settled and row[2] != "xong":
        return False
    return sent.paper is None or hashlib.sha256(sent.paper.encode()).hexdigest() in papers


def _papers(room: Room, host: str) -> frozenset[str]:
    said = room.inside(host, f"find {UPLOADS} -name 'c*.txt' -type f -exec sha256sum {{}} +")
    return frozenset(line.split()[0] for line in said.splitlines())


def _bytes(words: str) -> str:
    head, _, table = words.removeprefix("select ").partition(" from ")
    columns = ", ".join(f"cast({each.strip()} as binary)" for each in head.split(","))
    return f"select {columns} from {table}"  # noqa: S608


def _text(data: bytes) -> str:
    return TCVN3.decode_one(bytes(data))
