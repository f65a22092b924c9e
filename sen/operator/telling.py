"""What the life of tenants needs outside itself: to read and write objects, to keep records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sen.evidence import Act
from sen.evidence.record import Record
from sen.operator.plan import Said
from sen.operator.shelf import Shelf
from sen.tenancy.life.export import Papers
from sen.tenancy.life.objects import Objects

Object = Mapping[str, Any]


class GoneError(Exception):
    """The tenant's object is not there any more."""


class Writer(Protocol):
    """The part of the operator's API that a life is written with."""

    def settle(
        self,
        plural: str,
        thing: Object,
        said: Mapping[str, Said],
        status: Mapping[str, object],
        now: dt.datetime,
    ) -> Object | None: ...

    def amend(self, tenant: Object, changes: Mapping[str, object]) -> Object: ...


@dataclass(frozen=True)
class Means:
    """What is done outside the tenant's own object.

    Attributes:
        record: Appends to the evidence.
        records: Lines of the evidence so far.
        shelf: Where what is handed over is kept.
        papers: Gives what of a tenant, and of its request, lies elsewhere.
        seal: Signs the evidence as far as it has come.
        myself: Gives whom the API server takes the operator for.
    """

    objects: Objects
    record: Callable[[Act], object]
    records: Callable[[], Iterable[bytes]]
    shelf: Shelf
    papers: Callable[[Object, Object | None], Papers]
    seal: Callable[[], object]
    myself: Callable[[], str] = str

    def once(self, act: Act, *same: str) -> None:
        """Record an act unless one is there about the same thing with the same data."""
        word = f'"act":"{act.name}"'.encode()
        for line in self.records():
            if word in line:
                found = Record.read(line)
                equal = all(found.data.get(key) == act.data[key] for key in same)
                if found.act == act.name and found.about == act.about and equal:
                    return
        self.record(act)


@dataclass(frozen=True)
class Teller:
    """Writes tenants, by one clock."""

    api: Writer
    clock: Callable[[], dt.datetime]

    def today(self) -> dt.date:
        return self.clock().astimezone().date()

    def say(self, tenant: Object, said: Mapping[str, Said], **status: object) -> Object:
        """Write conditions and fields of its status; give its new state.

        Raises:
            GoneError: It is not there any more.
        """
        made = self.api.settle("tenants", tenant, said, status, self.clock())
        if made is None:
            raise GoneError(tenant["metadata"]["name"])
        return made
