"""What PostgreSQL's own programs are told by: variables, a password file, a service file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playbooks.migration.alive import EVERY, IDLE, MILLISECONDS, TIMES

# Programs notice a path that is cut; nothing but a service file tells them how.
_SERVICE = (
    f"[sen]\nkeepalives=1\nkeepalives_idle={IDLE}\nkeepalives_interval={EVERY}\n"
    f"keepalives_count={TIMES}\ntcp_user_timeout={MILLISECONDS}\nconnect_timeout={{seconds}}\n"
)


@contextmanager
def variables(
    given: Mapping[str, str], password: str, seconds_to_connect: int
) -> Iterator[dict[str, str]]:
    """Give the variables by which libpq reaches a database; the password lies in a file.

    Args:
        given: libpq's own, such as PGHOST.
        password: Empty where the server asks for none.
        seconds_to_connect: After these nobody is there.
    """
    with tempfile.TemporaryDirectory(prefix="sen-pg-") as folder:
        file = Path(folder) / "pgpass"
        file.touch(mode=0o600)
        file.write_text(f"*:*:*:*:{_escaped(password)}\n", "utf-8")
        service = Path(folder) / "service.conf"
        service.write_text(_SERVICE.format(seconds=seconds_to_connect), "utf-8")
        yield {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C",
            **given,
            "PGPASSFILE": str(file),
            "PGSERVICEFILE": str(service),
            "PGSERVICE": "sen",
            "PGOPTIONS": "-c default_transaction_read_only=off",
        }


def words(given: Mapping[str, object]) -> str:
    """Write a conninfo: each value quoted as libpq reads it."""
    return " ".join(f"{key}={_quoted(str(value))}" for key, value in given.items())


def _quoted(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{quoted}'"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(":", "\\:")
