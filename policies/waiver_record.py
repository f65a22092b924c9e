"""One waiver: which rule need not hold for which object, why, on whose word, from when to when."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from policies.text import Closed

NAME = r"^[A-Za-z0-9]([A-Za-z0-9._:/@+=-]*[A-Za-z0-9])?$"
NAMESPACE = r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$"
KIND = r"^(host|[a-z0-9.-]*/[A-Z][A-Za-z0-9]*)$"
ID = r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$"
STRICT_LEVEL = 4
MONTHS, STRICT_MONTHS = 12, 3
LAST_MONTH = 12

Words = Annotated[str, Field(min_length=2, max_length=1000)]


class Named(Closed):
    """The one object that a waiver is about, by its full id.

    Attributes:
        kind: Group and kind without the version (`apps/Deployment`, `/Pod`), or `host`.
        namespace: Empty for what lies in none.
    """

    kind: str = Field(pattern=KIND)
    namespace: str = Field(default="", pattern=NAMESPACE, max_length=63)
    name: str = Field(pattern=NAME, max_length=253)

    def __str__(self) -> str:
        return " ".join(part for part in (self.kind, self.namespace, self.name) if part)


class Waiver(Closed):
    """A waiver, as `waivers.yaml` records it.

    Attributes:
        level: Highest level of a system at which it may be used.
        approver: Who granted it; never the owner.
        start: First day on which it holds; days are those of UTC, like all times of Kubernetes.
        end: Last day on which it holds.
        compensating: The measure that stands in for the rule meanwhile.
        ended: Day from which it no longer holds, though its end has not come.
    """

    id: str = Field(pattern=ID, max_length=63)
    rule: str = Field(pattern=ID, max_length=63)
    object: Named
    level: int = Field(ge=1, le=5)
    reason: Words
    owner: Words
    approver: Words
    start: date
    end: date
    compensating: Words
    ended: date | None = None

    @property
    def last(self) -> date:
        """Give the last day on which it holds; before the start, if it was ended before."""
        return self.end if self.ended is None else min(self.end, self.ended - timedelta(1))

    @property
    def months(self) -> int:
        """Give how many months it may last."""
        return STRICT_MONTHS if self.level >= STRICT_LEVEL else MONTHS

    @property
    def latest_end(self) -> date:
        return later(self.start, self.months)

    @property
    def same_person(self) -> bool:
        """Say whether owner and approver are one, however they are spelled."""
        return person(self.owner) == person(self.approver)

    def holds(self, day: date, level: int) -> bool:
        """Say whether it may be used on a day for an object held to a level."""
        return self.start <= day <= self.last and level <= self.level

    def meets(self, other: Waiver) -> bool:
        """Say whether both are about the same on some day."""
        about_same = (self.rule, self.object) == (other.rule, other.object)
        alive = self.start <= self.last and other.start <= other.last
        return about_same and alive and self.start <= other.last and other.start <= self.last


def later(day: date, months: int) -> date:
    """Give the same day so many months later; the month's last where it is shorter."""
    years, month = divmod(day.month - 1 + months, LAST_MONTH)
    first = date(day.year + years, month + 1, 1)
    following = date(first.year + month // (LAST_MONTH - 1), (month + 1) % LAST_MONTH + 1, 1)
    return min(first + timedelta(day.day - 1), following - timedelta(1))


def person(name: str) -> str:
    """Give a name as it is compared: case, spaces, spelling of diacritics, unseen marks aside."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    seen = (each for each in plain if unicodedata.category(each) != "Cf")
    return " ".join("".join(seen).split())
