"""Reads who may log in, who may become root, and who was there last."""

from __future__ import annotations

import re

from playbooks.migration.discover.answer import Answer
from playbooks.migration.discover.model import Account
from playbooks.migration.discover.reading.system import whole

_NO_SHELL = ("nologin", "false", "sync", "shutdown", "halt")
_ADMIN_GROUPS = ("sudo", "wheel", "admin", "root")
_FIELDS = 7


def accounts(answer: Answer) -> tuple[Account, ...]:
    """Give the accounts that may log in; an account of a daemon is none."""
    section = answer["accounts"]
    admins, logins = _admins(answer), _logins(answer)
    rows = (line.split(":") for line in section.lines())
    return tuple(
        Account(
            name=row[0],
            uid=whole(row[2]),
            shell=row[6],
            sudo=row[0] in admins or whole(row[2]) == 0,
            last_login=logins.get(row[0], ""),
        )
        for row in rows
        if len(row) == _FIELDS and not row[6].endswith(_NO_SHELL)
    )


def _admins(answer: Answer) -> set[str]:
    section = answer["accounts"]
    groups = (line.split(":") for line in section.lines("groups"))
    members = {
        name
        for row in groups
        if row[0] in _ADMIN_GROUPS and len(row) > 3  # noqa: PLR2004
        for name in row[3].split(",")
    }
    named = {
        line.split()[0] for line in section.lines("sudo") if re.match(r"^[A-Za-z0-9_.-]+\s", line)
    }
    return members | named


def _logins(answer: Answer) -> dict[str, str]:
    """Give when each logged in last, as the host says it: by lastlog, else by last."""
    found: dict[str, str] = {}
    for part in ("logins", "last"):
        for line in answer["accounts"].lines(part):
            day = re.search(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) .*$", line)
            if day:
                found.setdefault(line.split()[0], day[0].strip())
    return found
