"""Accounts of a host, and the state of their passwords; a hash is never read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.gates.hosts.host import Host

NO_SHELLS = frozenset(
    {"", "/bin/false", "/usr/bin/false", "/bin/sync", "/sbin/shutdown", "/sbin/halt"}
)
FIRST_PERSON = 1000
NOBODY = 65534


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int
    home: str
    shell: str

    @property
    def logs_in(self) -> bool:
        return not (self.shell in NO_SHELLS - {""} or self.shell.endswith("nologin"))

    @property
    def is_system(self) -> bool:
        return 0 < self.uid < FIRST_PERSON or self.uid == NOBODY


@dataclass(frozen=True)
class Password:
    """The state of a password.

    Attributes:
        state: `empty`, `locked`, or how it is hashed.
        most_days: After how many days it has to be changed; None: never.
        inactive: How many days later the account is shut; None: never.
    """

    name: str
    state: str
    most_days: int | None
    inactive: int | None

    @property
    def usable(self) -> bool:
        return self.state not in {"empty", "locked"}


def accounts(host: Host) -> Iterator[Account]:
    for line in host.lines("passwd"):
        name, uid, gid, home, shell = line.split(":")
        yield Account(name, int(uid), int(gid), home, shell)


def passwords(host: Host) -> Iterator[Password]:
    for line in host.lines("shadow"):
        name, state, _, most, inactive, _ = line.split(":")
        yield Password(name, state, _days(most), _days(inactive))


def _days(text: str) -> int | None:
    """Read a number of days; empty, -1 and shadow's 99999 mean never."""
    return int(text) if text and 0 <= int(text) < 99_999 else None  # noqa: PLR2004 - shadow(5)


def login_defs(host: Host) -> dict[str, str]:
    pairs = (line.split() for line in host.lines("login_defs"))
    return {words[0]: words[1] for words in pairs if len(words) > 1}


def repeated(what: str, named: Iterable[tuple[str, str]]) -> list[str]:
    """Give the names that stand twice, and the numbers that several names share."""
    pairs = list(named)
    names = [
        f"{what} {name} stands twice"
        for name, times in Counter(n for n, _ in pairs).items()
        if times > 1
    ]
    of_number: dict[str, list[str]] = {}
    for name, number in pairs:
        of_number.setdefault(number, []).append(name)
    shared = (
        f"{what}s {', '.join(each)}: {number}"
        for number, each in of_number.items()
        if len(set(each)) > 1
    )
    return [*names, *shared]
