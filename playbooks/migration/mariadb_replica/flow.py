"""Replication one way by GTID: a connection of its own name, with some databases let through.

The server forgets which ones are let through when it restarts, and then would follow with all
of them. So the password of the account is thrown away as soon as the connection stands: a server
that restarted, or whose network was cut, follows again once the mover connects it anew.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playbooks.migration.mariadb.place import MariadbPlace, literal
from playbooks.migration.mariadb_replica.gtids import missing, parts, positioned, written
from playbooks.migration.mariadb_replica.patience import Patience
from playbooks.migration.steps import Pulse
from stacks.problem import Problem, ProblemError

PAUSE = 0.2
SECONDS_TO_CONNECT = 60.0
RETRY = 5
_LOST = frozenset({1236, 1235})
Status = Mapping[str, Any]


@dataclass(frozen=True)
class Flow:
    """What flows from one server to another.

    Attributes:
        name: Of the connection and of the account: letters, digits, `_`.
        lets: The databases that are let through.
        only: The tables that alone are, as `database.table`; where there are none, all are.
        until: The position at which it ends by itself; empty where it goes on.
    """

    name: str
    source: MariadbPlace
    target: MariadbPlace
    lets: tuple[str, ...]
    only: tuple[str, ...] = ()
    until: str = ""
    pause: Callable[[float], None] = time.sleep

    def begin(self, position: str) -> None:
        """Say from where the target is to follow; it does not yet, so this may be said again."""
        self.stop()
        self._server.tell(positioned(self.target, position))

    def name_it(self) -> None:
        """Let the connection be there, at rest, so that others see whose the position is."""
        self._server.tell(self._master(secrets.token_urlsafe(24)), unlogged=True)

    def connect(self) -> None:
        """Let the target follow from where it was.

        Raises:
            ProblemError: It cannot reach the source, or what it lacks is no longer there.
        """
        words = secrets.token_urlsafe(24) + "aA1+"
        self._account(words)
        self.stop()
        until = f" until master_gtid_pos = {literal(self.until)}" if self.until else ""
        start = [positioned(self.target, self._onward()), f"start slave '{self.name}'{until}"]
        self._server.tell(self._master(words), *self._filters(), *start, unlogged=True)
        try:
            self._wait_for_connection()
        finally:
            self._throw_away()

    def resume(self) -> bool:
        """Let a flow that a restart, an error or a cut stopped go on; False where none is."""
        found = self.status()
        if found is not None and not self._flows(found):
            self.connect()
        return found is not None

    def flowing(self) -> bool:
        found = self.status()
        return found is not None and self._flows(found)

    def status(self) -> Status | None:
        """Give what the target says of it; None where there is none."""
        mine = (row for row in self.connections() if row["Connection_name"] == self.name)
        return next(mine, None)

    def connections(self) -> list[Status]:
        """Give what the target says of all that it follows."""
        return list(self._server.several("show all slaves status")[0])

    def lag(self) -> int | None:
        """Give the seconds that the target is behind; None where nothing flows."""
        found = self.status()
        if found is None or not self._flows(found):
            return None
        said = found["Seconds_Behind_Master"]
        return None if said is None else int(said)

    def transactions(self) -> int | None:
        """Give how many transactions the target has not applied; None where nothing flows."""
        if not self.flowing():
            return None
        return missing(self._position(), self.applied())

    def left(self) -> int:
        """Give how many transactions the target has not applied of those until the end."""
        return missing(self._theirs(self.until), self.applied())

    def catch_up(self, most: int, pulse: Pulse) -> int:
        """Wait until the target has what is written now, and is at most so many seconds behind."""
        self.drain(pulse)
        patience = Patience()
        while (lag := self.lag()) is None or lag > most:
            patience.heed(self, lag)
            self.pause(PAUSE)
        return lag

    def drain(self, pulse: Pulse | None = None) -> str:
        """Wait until the target has all that is written on the source now; give the position."""
        self.resume()
        wanted, patience, first = ",".join(self._position()), Patience(), None
        while wanted and self._server.value("select master_gtid_wait(%s, 1)", wanted) != 0:
            left = self.transactions()
            patience.heed(self, left)
            if pulse and left is not None:
                first = max(first or 0, left)
                pulse.beat(first - left, first)
        return wanted

    def drained(self) -> bool:
        """Say whether the target has all that is written on the source now."""
        return self._has(self._position())

    def reached(self) -> bool:
        """Say whether the target has all up to where the flow ends."""
        return self._has(self._theirs(self.until))

    def has_come(self, found: Status) -> bool:
        """Say whether all until the end has come, though it may still be applied."""
        ended = found.get("Slave_IO_Running") == "No" and not int(found.get("Last_IO_Errno") or 0)
        return bool(self.until) and (ended or self.reached())

    def stop(self) -> None:
        if self.status() is not None:
            self._server.tell(f"stop slave '{self.name}'")

    def end(self) -> None:
        """End the flow and drop its account; where the target was stays remembered there."""
        if self.status() is not None:
            self.stop()
            self._server.tell(f"reset slave '{self.name}' all")
        self.source.with_database("").tell(f"drop user if exists {self._user}", unlogged=True)

    @property
    def _server(self) -> MariadbPlace:
        return self.target.with_database("")

    @property
    def _user(self) -> str:
        return f"'{self.name}'@'%'"

    def _flows(self, found: Status) -> bool:
        threads = (found["Slave_IO_Running"], found["Slave_SQL_Running"])
        lets = (found["Replicate_Do_DB"], found["Replicate_Do_Table"])
        return threads == ("Yes", "Yes") and lets == (",".join(self.lets), "")

    def _account(self, words: str) -> None:
        safe = " require ssl" if self.source.ca_file else ""
        self.source.with_database("").tell(
            f"create or replace user {self._user} identified by {literal(words)}{safe}",
            f"grant replication slave on *.* to {self._user}",
            unlogged=True,
        )

    def _throw_away(self) -> None:
        words = literal(secrets.token_urlsafe(24) + "aA1+")
        self.source.with_database("").tell(
            f"set password for {self._user} = password({words})", unlogged=True
        )

    def _master(self, words: str) -> str:
        host, port = self.source.seen_from or (self.source.host, self.source.port)
        safe = ", master_ssl = 1, master_ssl_verify_server_cert = 0" if self.source.ca_file else ""
        return (
            f"change master '{self.name}' to master_host = {literal(host)},"
            f" master_port = {port}, master_user = '{self.name}',"
            f" master_password = {literal(words)}, master_use_gtid = slave_pos,"
            f" master_connect_retry = {RETRY}{safe}"
        )

    def _filters(self) -> list[str]:
        """Let databases through: rows and definitions by their names, and by their tables'."""
        tables = "" if self.only else ",".join(f"{_plain(each)}.%" for each in self.lets)
        return [
            f"set global {self.name}.replicate_do_db = {literal(','.join(self.lets))}",
            f"set global {self.name}.replicate_wild_do_table = {literal(tables)}",
            f"set global {self.name}.replicate_do_table = {literal(','.join(self.only))}",
        ]

    def _has(self, wanted: list[str]) -> bool:
        said = ",".join(wanted)
        return not said or self._server.value("select master_gtid_wait(%s, 0.1)", said) == 0

    def _position(self) -> list[str]:
        """Give what the source wrote, without what came from the target itself."""
        return self._theirs(written(self.source))

    def _theirs(self, said: str) -> list[str]:
        mine = str(self._server.value("select @@global.server_id"))
        return [each for each in parts(said) if each.split("-")[1] != mine]

    def applied(self) -> list[str]:
        """Give the GTIDs up to which the target has all."""
        return parts(self._server.value("select @@global.gtid_slave_pos"))

    def _onward(self) -> str:
        """Give from where the target goes on.

        Of its own domain it is where the source has followed it, which the source takes for known.
        """
        here = {each.split("-")[0]: each for each in self.applied()}
        ask = "select @@global.gtid_slave_pos, @@global.server_id"
        known, theirs = self.source.with_database("").ask(ask)[0]
        mine = str(self._server.value("select @@global.server_id"))
        for each in parts(known):
            domain, server, _ = each.split("-")
            now = here.get(domain)
            if server == mine and (now is None or now.split("-")[1] != str(theirs)):
                here[domain] = each
        return ",".join(here.values())

    def _wait_for_connection(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_CONNECT
        while True:
            found = self.status() or {}
            if found.get("Slave_IO_Running") == "Yes" or self.has_come(found):
                return
            code = int(found.get("Last_IO_Errno") or 0)
            if code in _LOST or time.monotonic() > deadline:
                raise self.failed("follow-lost" if code in _LOST else "follow-not-connected", code)
            self.pause(PAUSE)

    def failed(self, key: str, code: int) -> ProblemError:
        """Give a problem with the number of the server's error; its text may quote rows."""
        here, there = (e.with_database(", ".join(self.lets)) for e in (self.target, self.source))
        return ProblemError(Problem(key, str(here), {"source": there, "code": code}))


def _plain(name: str) -> str:
    """Give a name as a pattern that is this name alone."""
    return name.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")
