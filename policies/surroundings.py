"""What stands around an object: its namespace, which says its level, and its neighbours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from policies.day import made_on
from policies.kind import group_and_name, split
from policies.rule import Rule
from policies.scope import scope
from policies.subject import Subject, namespaced

NAMESPACE = "/Namespace"

Thing = Mapping[str, Any]


class Surroundings:
    """Objects by kind and namespace.

    Args:
        complete: Everything there is has been put in, as on a live cluster; otherwise what is not
            here may stand elsewhere, and only a namespace that is here is known to be whole.
    """

    def __init__(self, things: Iterable[Thing] = (), *, complete: bool = False) -> None:
        self._complete = complete
        self._namespaces: dict[str, Thing] = {}
        self._around: dict[tuple[str, str], list[Thing]] = defaultdict(list)
        self._kinds: dict[str, list[Thing]] = defaultdict(list)
        for thing in things:
            self.add(thing)

    def add(self, thing: Thing) -> None:
        subject = Subject(thing, scope().unknown_level)
        self._around[subject.kind, subject.namespace or ""].append(thing)
        self._kinds[subject.kind].append(thing)
        self.remember(thing)

    def remember(self, thing: Thing) -> None:
        """Learn a namespace before the rest is known."""
        subject = Subject(thing, scope().unknown_level)
        if subject.kind == NAMESPACE and subject.namespace:
            self._namespaces[subject.namespace] = thing

    def knows(self, namespace: str | None) -> bool:
        return namespace in self._namespaces

    def subject(self, thing: Thing) -> Subject:
        """Hold an object to the level of its namespace; where none is known, to the strictest."""
        subject = Subject(thing, scope().unknown_level)
        home = self._namespaces.get(subject.namespace or "")
        agency, system = scope().owner(home)
        made = made_on(((home or {}).get("metadata") or {}).get("creationTimestamp"))
        return replace(
            subject, level=scope().level(home), agency=agency, system=system, home_made=made
        )

    def for_rule(self, rule: Rule, subject: Subject) -> Subject:
        """Add what the rule has to look at; None where that cannot be seen from here."""
        if rule.among:
            return replace(subject, others=self._others(rule.among, subject.namespace))
        if rule.context is None:
            return subject
        return replace(subject, context=self._others((rule.context,), subject.namespace))

    def _others(self, kinds: Iterable[str], namespace: str | None) -> tuple[Thing, ...] | None:
        found: list[Thing] = []
        for each in kinds:
            seen = self._of_kind(each, namespace)
            if seen is None:
                return None
            found += seen
        return tuple(found)

    def _of_kind(self, name: str, namespace: str | None) -> Sequence[Thing] | None:
        group, version, short = split(name)
        kind = group_and_name(f"{group}/{version}", short)
        if not namespaced(kind):
            seen = self._kinds.get(kind, [])
            return seen if seen or self._complete else None
        if namespace is None:
            return None
        seen = self._around.get((kind, namespace), [])
        return seen if seen or self._complete or self.knows(namespace) else None
