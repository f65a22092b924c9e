"""Policy documents as flat statements, the same for buckets, roles and policies.

A statement: `effect` Allow or Deny, `principals`, `actions`, `resources` as lists, `inverse` true
where it names what is left out (NotAction, NotResource, NotPrincipal), and `conditions` as a list
of `Operator/key=value`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

INVERSE = ("NotAction", "NotResource", "NotPrincipal")


def statements(document: object) -> list[dict[str, Any]]:
    """Read a policy document, given as data or as JSON text."""
    found = json.loads(document) if isinstance(document, str) else document
    if not isinstance(found, Mapping):
        return []
    return [_statement(each) for each in listed(found.get("Statement"))]


def listed(value: object) -> list[Any]:
    """Give a list of what may be one thing or several."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    principals = given.get("Principal", given.get("NotPrincipal"))
    return {
        "effect": given.get("Effect", ""),
        "principals": list(_principals(principals)),
        "actions": listed(given.get("Action", given.get("NotAction"))),
        "resources": listed(given.get("Resource", given.get("NotResource"))),
        "inverse": any(word in given for word in INVERSE),
        "conditions": sorted(_conditions(given.get("Condition") or {})),
    }


def _principals(given: object) -> Iterable[str]:
    if isinstance(given, Mapping):
        return [str(each) for value in given.values() for each in listed(value)]
    return [str(each) for each in listed(given)]


def _conditions(given: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for operator, keys in given.items():
        for key, values in keys.items():
            for value in listed(values):
                yield f"{operator}/{key}={value}"
