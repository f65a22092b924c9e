"""Read one field of a stranger's JSON: its value, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from playbooks.migration.waves.graph import Id
from stacks.problem import Problem

MOST_PROBLEMS = 20
_LARGEST = 10**12
Read = TypeVar("Read")


@dataclass(slots=True)
class Complaints:
    """What is wrong with a file; the first twenty are enough to act on."""

    name: str
    found: list[Problem] = field(default_factory=list)

    def add(self, key: str, where: str, **values: object) -> None:
        if len(self.found) < MOST_PROBLEMS:
            self.found.append(Problem(key, f"{self.name}: {where}", values))


@dataclass(slots=True)
class Entry:
    """An object in the file, and where it stands."""

    data: Mapping[str, object]
    where: str
    complaints: Complaints

    def get(self, key: str, read: Callable[[object], Read], expected: str, default: Read) -> Read:
        """Give a field as read; absent or null is the default, broken is a complaint."""
        value = self.data.get(key)
        if value is None:
            return default
        try:
            return read(value)
        except (ValueError, TypeError, OverflowError):
            self.wrong(key, value, expected)
            return default

    def need(self, key: str, read: Callable[[object], Read], expected: str, default: Read) -> Read:
        """Give a field that must be there."""
        if self.data.get(key) is None:
            self.wrong(key, None, expected)
            return default
        return self.get(key, read, expected, default)

    def wrong(self, key: str, value: object, expected: str) -> None:
        shown = "nothing" if value is None else repr(value)[:60]
        where = f"{self.where}.{key}"
        self.complaints.add("wave-field-wrong", where, given=shown, expected=expected)


def an_id(value: object) -> Id:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise ValueError
    return value


def ids(value: object) -> tuple[Id, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(dict.fromkeys(an_id(each) for each in value))


def text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError
    return str(value)


def whole(value: object) -> int:
    """Read a whole number from 0 on; 3.0 is one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    if value != int(value) or not 0 <= value <= _LARGEST:
        raise ValueError
    return int(value)


def amount(value: object) -> Fraction:
    """Read a number from 0 on, exactly as its decimals say."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    if not 0 <= value <= _LARGEST:
        raise ValueError
    return Fraction(value) if isinstance(value, int) else Fraction(Decimal(repr(round(value, 6))))
