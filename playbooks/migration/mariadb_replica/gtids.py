"""Positions of MariaDB: of each domain the last GTID, `domain-server-number`, parted by commas."""

from __future__ import annotations

from playbooks.migration.mariadb.place import MariadbPlace, literal

_OWN = "select @@global.gtid_binlog_pos, @@global.server_id, @@global.gtid_strict_mode"


def parts(position: object) -> list[str]:
    """Give the GTIDs of a position as a server says it."""
    return [each for each in str(position or "").split(",") if each]


def written(place: MariadbPlace) -> str:
    """Give the position of a server's own log."""
    return str(place.with_database("").value("select @@global.gtid_binlog_pos") or "")


def missing(wanted: list[str], here: list[str]) -> int:
    """Give how many transactions lie between."""
    there = dict(map(_numbered, here))
    return sum(max(0, number - there.get(domain, 0)) for domain, number in map(_numbered, wanted))


def reaches(position: str, back: str) -> bool:
    """Say whether a position is not before another one; a log that was begun anew is."""
    found = dict(map(_numbered, parts(position)))
    return all(found.get(domain, -1) >= number for domain, number in map(_numbered, parts(back)))


def positioned(target: MariadbPlace, position: str) -> str:
    """Give the statement that says where a server was; a strict one wants its own domains named.

    It refuses a position before what it wrote itself, as it does while tables are copied; what
    came from others is never taken for known.
    """
    server = target.with_database("")
    ((own, mine, strict),) = server.ask(_OWN)
    found = {_numbered(each)[0]: each for each in parts(position)}
    if strict:
        for each in parts(own):
            domain, number = _numbered(each)
            ours = (
                each.split("-")[1] == str(mine) and _numbered(found.get(domain, each))[1] < number
            )
            if domain not in found or ours:
                found[domain] = each
    return f"set global gtid_slave_pos = {literal(','.join(found.values()))}"


def _numbered(gtid: str) -> tuple[str, int]:
    domain, _, number = gtid.split("-")
    return domain, int(number)
