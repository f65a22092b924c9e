"""Somebody who writes into MariaDB while a database moves, and keeps a ledger."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncpg
import pymysql

from playbooks.migration.mariadb.place import MariadbPlace

_LOST = (OSError, pymysql.MySQLError, asyncpg.PostgresError)
W = TypeVar("W")


@dataclass
class Clerk:
    """Works on whichever database is said to be the one; a kind says what it writes."""

    place: Any
    number: int
    acknowledged: list[int] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def write(self, number: int) -> None:
        """Write one number; what comes back without an error is in the ledger."""
        raise NotImplementedError

    def work(self) -> None:
        for number in itertools.count():
            while not self.over.is_set():
                with suppress(*_LOST):
                    self.write(number)
                    break
                self.over.wait(0.05)
            if self.over.wait(0.02):
                return
            self.acknowledged.append(number)


@contextmanager
def working(writers: list[W]) -> Iterator[list[W]]:
    """Let writers write all the time."""
    threads = [threading.Thread(target=each.work, daemon=True) for each in writers]
    for thread in threads:
        thread.start()
    try:
        yield writers
    finally:
        for each in writers:
            each.over.set()
        for thread in threads:
            thread.join(timeout=20)


@contextmanager
def served(place: MariadbPlace, **options: Any) -> Iterator[Any]:
    """Give a connection of the clerk."""
    connection = pymysql.connect(
        host=place.host,
        port=place.port,
        user="clerk",
        password="clerk",  # noqa: S106 - of a server that lives for a test
        database=place.database,
        **options,
    )
    try:
        yield connection
    finally:
        connection.close()
