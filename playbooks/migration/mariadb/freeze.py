"""Stops writing to a MariaDB server and lets it begin again.

`read_only` and not a lock of ours: it stays when our connection ends, it lets the mover write on
the way back, and a statement that is under way is waited for. It ends with a restart of the server:
the step that set it is then done again.
"""

from __future__ import annotations

from contextlib import suppress

import pymysql

from playbooks.migration.mariadb.place import MariadbPlace

_SESSIONS = """
  select ID from information_schema.PROCESSLIST
  where ID <> connection_id() and DB = database() and COMMAND in ('Sleep', 'Query') and USER <> %s
"""


def freeze(place: MariadbPlace) -> int:
    """Let nobody write who may not do so in any case; sessions end, with what they never commit.

    Gives how many ended.
    """
    place.tell("SET GLOBAL read_only = 1")
    ended = 0
    with place.connected() as connection, connection.cursor() as cursor:
        cursor.execute(_SESSIONS, (place.user,))
        for (number,) in cursor.fetchall():
            with suppress(pymysql.err.OperationalError):  # it ended by itself
                cursor.execute(f"KILL {number}")
                ended += 1
    return ended


def thaw(place: MariadbPlace) -> None:
    """Let everybody write again."""
    place.tell("SET GLOBAL read_only = 0")


def frozen(place: MariadbPlace) -> bool:
    return bool(place.value("SELECT @@global.read_only"))
