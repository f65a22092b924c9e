"""Waivers that are objects, beside those of the register's file: the gates honour both.

An object counts when all have agreed who must, and it breaks no rule of the register; one that does
not is named and waives nothing. Where two meet, the file's stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from policies.waiver import Register, Waiver
from policies.waiver_check import problems, shape_problems
from stacks.models.objects import GROUP, VERSION
from stacks.models.objects.waiver import WaiverSpec, waits_for
from stacks.problem import Problem

PATH = f"/apis/{GROUP}/{VERSION}/waivers"
TENANTS = f"/apis/{GROUP}/{VERSION}/tenants"
PAGE = "500"
FILE, OBJECT = "file", "object"

Object = Mapping[str, Any]
Ask = Callable[[str, Mapping[str, str]], tuple[int, Mapping[str, Any]]]


@dataclass(frozen=True)
class Granted:
    """What is waived by the file and by objects together.

    Attributes:
        register: What the gates honour.
        objects: Ids of those that are objects.
        waiting: Objects that somebody has not agreed to yet, with whose word is missing.
        wrong: Why an object waives nothing.
        holders: Namespace → code of the agency whose tenant it is now; empty if nobody was asked.
    """

    register: Register
    objects: frozenset[str] = frozenset()
    waiting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asked: tuple[Waiver, ...] = ()
    wrong: tuple[Problem, ...] = ()
    holders: Mapping[str, str] = field(default_factory=dict)

    def source(self, name: str) -> str:
        return OBJECT if name in self.objects else FILE


def together(register: Register, things: Iterable[Object]) -> Granted:
    """Put objects beside the file's waivers; what breaks a rule is left out and named."""
    found, asked = [], []
    waiting: dict[str, tuple[str, ...]] = {}
    wrong: list[Problem] = []
    for thing in sorted(things, key=_age):
        try:
            spec = WaiverSpec.model_validate(thing["spec"])
            made = as_record(thing, spec)
        except ValidationError as error:
            wrong += shape_problems(_id(thing), error)
            continue
        missing = waits_for(spec)
        if missing:
            waiting[made.id] = tuple(map(str, missing))
            asked.append(made)
        else:
            found.append(made)
    wrong += problems([*register.waivers, *found])
    blamed = {each.thing.casefold() for each in wrong}
    kept = [each for each in found if each.id.casefold() not in blamed]
    whole = Register((*register.waivers, *kept))
    ids = frozenset(each.id for each in (*kept, *asked))
    return Granted(whole, ids, waiting, tuple(asked), tuple(wrong))


def read(ask: Ask, path: str = PATH) -> list[Object]:
    """Read every object of a path page by page; a cluster that does not know the kind has none.

    Raises:
        LookupError: The API server answered something else; the status is the argument.
    """
    found: list[Object] = []
    more = ""
    while True:
        status, page = ask(path, {"limit": PAGE, "continue": more})
        if status == 404:  # noqa: PLR2004 - HTTP
            return []
        if status != 200:  # noqa: PLR2004 - HTTP
            raise LookupError(status, str(page.get("message", "")))
        found += page["items"]
        more = str(page["metadata"].get("continue") or "")
        if not more:
            return found


def holders(tenants: Iterable[Object]) -> dict[str, str]:
    """Give whose tenant each namespace is now: one that was handed over is its new agency's."""
    found = {}
    for each in tenants:
        spec = each["spec"]
        if not spec.get("handed"):  # what is left at the old agency's desk says so
            found[str(spec["namespace"])] = str(spec["agency"])
    return found


def as_record(thing: Object, spec: WaiverSpec) -> Waiver:
    """Write an object as a record of the register."""
    agreed = ", ".join(each.by for each in spec.approvals)
    return Waiver.model_validate(
        {
            "id": _id(thing),
            "rule": spec.rule,
            "object": spec.object.model_dump(),
            "level": spec.level,
            "reason": spec.reason,
            "owner": spec.owner,
            "approver": agreed or "nobody yet",
            "start": spec.starts,
            "end": spec.ends,
            "compensating": spec.compensating,
            "ended": spec.ended,
        }
    )


def _id(thing: Object) -> str:
    meta = thing["metadata"]
    return f"{meta['namespace']}-{meta['name']}"


def _age(thing: Object) -> tuple[dt.datetime, str]:
    made = thing["metadata"].get("creationTimestamp") or "1970-01-01T00:00:00Z"
    return dt.datetime.fromisoformat(str(made)), _id(thing)
