"""What a check asks for: which rules, at which level, on which day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from policies.kind import group_and_name
from policies.partial import UNKNOWN
from policies.rule import Rule
from policies.scope import LEVELS, scope
from policies.subject import Subject, namespaced
from policies.surroundings import Surroundings


@dataclass(frozen=True)
class Choice:
    """The rules of one check.

    Attributes:
        level: Everything is held to it, whatever its namespace says; None: the namespace says it.
        default_level: Level of what no namespace says a level of.
        at: The moment of the check: an object of a file is made now.
        namespace: Where objects of files go that name no namespace.
    """

    rules: tuple[Rule, ...] = field(repr=False)
    level: int | None = None
    default_level: int = field(default_factory=lambda: scope().unknown_level)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    namespace: str = ""

    def day(self) -> date:
        return self.at.date()

    def made(self, thing: Mapping[str, Any]) -> Mapping[str, Any]:
        """Fill in what is known only when an object is made: the day of the check, its place."""
        metadata = thing.get("metadata")
        if not isinstance(metadata, Mapping):
            return thing
        filled = {**metadata}
        known = metadata.get("creationTimestamp")
        if not isinstance(known, str | bytes) or known == UNKNOWN:
            filled["creationTimestamp"] = self._now
        if self.namespace and not metadata.get("namespace") and _lives_in_namespace(thing):
            filled["namespace"] = self.namespace
        return {**thing, "metadata": filled}

    @cached_property
    def _now(self) -> str:
        return self.at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _lives_in_namespace(thing: Mapping[str, Any]) -> bool:
    return namespaced(group_and_name(str(thing.get("apiVersion")), str(thing.get("kind"))))


class Held(Surroundings):
    """Surroundings in which a check may say the level."""

    def __init__(self, choice: Choice, *, complete: bool = False) -> None:
        super().__init__(complete=complete)
        self._choice = choice
        # Another answer for an unknown level shows whether a namespace says one.
        strictest = scope().unknown_level
        other = next(each for each in LEVELS if each != strictest)
        self._other = scope().model_copy(update={"unknown_level": other})

    def remember(self, thing: Mapping[str, Any]) -> None:
        """Learn a namespace; labels that are none say nothing."""
        metadata = thing.get("metadata")
        if isinstance(metadata, Mapping) and not isinstance(metadata.get("labels"), Mapping):
            thing = {**thing, "metadata": {**metadata, "labels": {}}}
        super().remember(thing)

    def subject(self, thing: Mapping[str, Any]) -> Subject:
        found = super().subject(thing)
        if self._choice.level is not None:
            return replace(found, level=self._choice.level)
        if self._choice.default_level != found.level == scope().unknown_level:
            home = self._namespaces.get(found.namespace or "")
            if self._other.level(home) != found.level:
                return replace(found, level=self._choice.default_level)
        return found
