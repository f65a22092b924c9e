"""Accounts with rights on one database, and those in whose name its views and routines run.

Rights on all databases are not carried: the new server is not the old one's to give.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.verify import Check, Difference

_GRANTED = """
  select User, Host from mysql.db where database() like Db
  union select User, Host from mysql.tables_priv where Db = database()
  union select User, Host from mysql.columns_priv where Db = database()
  union select User, Host from mysql.procs_priv where Db = database()
"""
_DEFINERS = """
  select DEFINER from information_schema.VIEWS where TABLE_SCHEMA = database()
  union select DEFINER from information_schema.TRIGGERS where TRIGGER_SCHEMA = database()
  union select DEFINER from information_schema.ROUTINES where ROUTINE_SCHEMA = database()
  union select DEFINER from information_schema.EVENTS where EVENT_SCHEMA = database()
"""
_MEMBERS = "select User, Host, Role from mysql.roles_mapping"
_THERE = "select User, Host from mysql.user"
_ON = re.compile(r" ON ((?:PROCEDURE |FUNCTION |PACKAGE (?:BODY )?)?)`((?:[^`]|``)*)`\.")
_ROLE = re.compile(r"^(?:GRANT|SET DEFAULT ROLE) `((?:[^`]|``)*)` (?:TO|FOR) ")


@dataclass(frozen=True, order=True)
class Account:
    """Somebody, or a role, which has no host."""

    user: str
    host: str

    @property
    def role(self) -> bool:
        return not self.host

    def __str__(self) -> str:
        user = _quoted(self.user)
        return user if self.role else f"{user}@{_quoted(self.host)}"


def accounts(place: MariadbPlace) -> list[Account]:
    """Give who has rights on the database or lends its objects theirs, roles first."""
    found = {Account(*row) for row in place.ask(_GRANTED)}
    for (definer,) in place.ask(_DEFINERS):
        user, _, host = str(definer).rpartition("@")
        found.add(Account(user, host) if user else Account(host, ""))
    roles = {each.user for each in found if each.role}
    found |= {Account(user, host) for user, host, role in place.ask(_MEMBERS) if role in roles}
    there = {Account(*row) for row in place.ask(_THERE)}
    return sorted(found & there, key=lambda each: (not each.role, each))


def copy(source: MariadbPlace, target: MariadbPlace) -> dict[str, int]:
    """Make the accounts that the target lacks, with hashes of passwords, and give the rights."""
    every = accounts(source)
    there = {Account(*row) for row in target.ask(_THERE)}
    missing = [each for each in every if each not in there]
    server = target.with_database("")
    # Hashes of passwords are not for the general log.
    server.tell("set session sql_log_off = 1", *(_made(source, each) for each in missing))
    rights = [line for lines in granted(source, every).values() for line in lines]
    server.tell(*rights)
    return {"accounts": len(missing), "rights": len(rights)}


def granted(place: MariadbPlace, every: list[Account]) -> dict[Account, list[str]]:
    """Give the statements that grant what each account may do with the database."""
    roles = {each.user for each in every if each.role}
    return {each: list(_lines(place, each, roles)) for each in every}


def compare(source: MariadbPlace, target: MariadbPlace) -> Check:
    """Look for rights that did not arrive; the target may have given more of its own."""
    old = granted(source, accounts(source))
    new = granted(target, accounts(target))
    found = [
        Difference(f"{account}: {_short(line)}", "missing")
        for account, lines in old.items()
        for line in lines
        if line not in new.get(account, [])
    ]
    return Check.of("rights", sum(map(len, old.values())), found)


def _made(source: MariadbPlace, account: Account) -> str:
    if account.role:
        return f"create role if not exists {account}"
    said = str(source.value(f"show create user {account}"))
    return said.replace("CREATE USER ", "CREATE USER IF NOT EXISTS ", 1)


def _lines(place: MariadbPlace, account: Account, roles: set[str]) -> Iterator[str]:
    for (line,) in place.ask(f"show grants for {account}"):
        role = _ROLE.match(line)
        if role and role[1].replace("``", "`") in roles:
            yield line
        on = _ON.search(line)
        if on and _meant(on[2].replace("``", "`"), place.database, whole=line[on.end()] == "*"):
            own = place.database
            if line[on.end()] == "*" and not on[1]:
                own = own.replace("_", "\\_").replace("%", "\\%")
            yield f"{line[: on.start()]} ON {on[1]}{_quoted(own)}.{line[on.end() :]}"


def _meant(pattern: str, database: str, *, whole: bool) -> bool:
    """Say whether a right on this name is one on the database; whole ones may be patterns."""
    if not whole:
        return pattern == database
    parts = re.split(r"(\\.|%|_)", pattern)
    said = {"%": ".*", "_": "."}
    words = (said.get(each) or re.escape(each.removeprefix("\\")) for each in parts)
    return re.fullmatch("".join(words), database, re.DOTALL) is not None


def _short(line: str) -> str:
    return re.split(" TO | FOR ", line, maxsplit=1)[0]


def _quoted(text: str) -> str:
    return "`" + text.replace("`", "``") + "`"
