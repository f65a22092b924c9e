"""Where the rules hold: which namespaces are left alone or have no agency, whose level counts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from policies.text import Closed
from policies.yaml_file import HERE, read
from stacks.models.platform import PLATFORM_NAMESPACES

LEVELS = (1, 2, 3, 4, 5)


class Scope(Closed):
    excluded_namespaces: tuple[str, ...]
    other_namespaces: tuple[str, ...]
    level_label: str
    agency_label: str
    system_label: str
    unknown_level: int

    @property
    def platform_namespaces(self) -> tuple[str, ...]:
        """Give the namespaces that belong to no agency."""
        return (*self.other_namespaces, *PLATFORM_NAMESPACES)

    def level(self, namespace: Mapping[str, Any] | None) -> int:
        """Give the level that a Namespace object says; what it does not say is the strictest."""
        said = _labels(namespace).get(self.level_label)
        known = {str(level): level for level in LEVELS}
        return known.get(said, self.unknown_level) if isinstance(said, str) else self.unknown_level

    def owner(self, namespace: Mapping[str, Any] | None) -> tuple[str, str]:
        """Give the agency's code and the system's name of a Namespace object, as its labels say."""
        labels = _labels(namespace)
        agency, system = (labels.get(label) for label in (self.agency_label, self.system_label))
        return (
            agency if isinstance(agency, str) else "",
            system if isinstance(system, str) else "",
        )


def _labels(thing: object) -> Mapping[str, Any]:
    """Read an object's labels, also from an object that is not formed as one should be."""
    for part in ("metadata", "labels"):
        thing = thing.get(part) if isinstance(thing, Mapping) else None
    return thing if isinstance(thing, Mapping) else {}


@cache
def scope() -> Scope:
    return Scope.model_validate(read(HERE / "scope.yaml"))
