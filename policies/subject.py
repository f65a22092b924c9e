"""What is judged: one plain object, the level it is held to, and what of it is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

from policies.finding import Target
from policies.kind import group_and_name, kinds
from policies.owner import owners_of
from policies.partial import UNKNOWN
from policies.scope import scope

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Subject:
    """One object in its place.

    Attributes:
        thing: The object as plain dictionaries and lists; unknown leaves are `UNKNOWN`.
        context: Objects of its namespace that context rules look at; None when the namespace
            cannot be seen from here.
        others: Objects that rules with `among` look at, of the rule's kinds; None likewise.
        agency: Code of the agency and name of the system, as the namespace's labels say them.
        home_made: Day on which its namespace was made; None where that is not known.
    """

    thing: Mapping[str, Any]
    level: int
    context: tuple[Mapping[str, Any], ...] | None = None
    others: tuple[Mapping[str, Any], ...] | None = None
    agency: str = ""
    system: str = ""
    home_made: date | None = None

    @cached_property
    def kind(self) -> str:
        return group_and_name(str(self.thing.get("apiVersion")), str(self.thing.get("kind")))

    @property
    def target(self) -> Target:
        """Give kind, namespace and name; what is unknown is called so."""
        namespace, name = (_word(self.metadata.get(part)) for part in ("namespace", "name"))
        owners = owners_of(self.kind, self.metadata)
        return Target(self.kind, name, namespace, self.agency, self.system, owners)

    @cached_property
    def metadata(self) -> Mapping[str, Any]:
        found = self.thing.get("metadata")
        return found if isinstance(found, Mapping) else {}

    @cached_property
    def namespace(self) -> str | None:
        """Give the namespace whose level counts; a Namespace is its own."""
        part = "name" if self.kind == "/Namespace" else "namespace"
        found = self.metadata.get(part)
        return found if isinstance(found, str) else None

    @cached_property
    def excluded(self) -> bool:
        return self.namespace in scope().excluded_namespaces


def namespaced(kind: str) -> bool:
    """Say whether objects of a kind (`apps/Deployment`) live in a namespace."""
    return _namespaced().get(kind, True)


@cache
def _namespaced() -> Mapping[str, bool]:
    return {
        group_and_name(key.rpartition("/")[0], key.rpartition("/")[2]): each.namespaced
        for key, each in kinds().kinds.items()
    }


def has_unknown(thing: object) -> bool:
    """Say whether any leaf is unknown: only such a leaf is bytes. Every object comes through."""
    if type(thing) is dict:
        for each in thing.values():
            if has_unknown(each):
                return True
    elif type(thing) is list:
        for each in thing:
            if has_unknown(each):
                return True
    return type(thing) is bytes


def unknown_paths(thing: object, path: Path = ()) -> Iterator[Path]:
    """Find every unknown leaf."""
    if thing == UNKNOWN:
        yield path
    elif isinstance(thing, Mapping):
        for key, each in thing.items():
            yield from unknown_paths(each, (*path, key))
    elif isinstance(thing, Sequence) and not isinstance(thing, str):
        for index, each in enumerate(thing):
            yield from unknown_paths(each, (*path, index))


def with_only(thing: object, kept: Path, path: Path = ()) -> object:
    """Copy an object and leave out every unknown leaf but one."""
    if isinstance(thing, Mapping):
        return {
            key: with_only(each, kept, (*path, key))
            for key, each in thing.items()
            if each != UNKNOWN or (*path, key) == kept
        }
    if isinstance(thing, list):
        return [
            with_only(each, kept, (*path, index))
            for index, each in enumerate(thing)
            if each != UNKNOWN or (*path, index) == kept
        ]
    return thing


def spelled(path: Path) -> str:
    """Write a path as people do: `spec.containers[0].image`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _word(part: object) -> str:
    if part == UNKNOWN:
        return "(unknown)"
    return part if isinstance(part, str) else ""
