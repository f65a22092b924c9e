"""Who made an object: the chain of controllers, as far as the object itself shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from policies.kind import group_and_name

Owners = tuple[tuple[str, str], ...]

# Kinds that others make; a waiver of what made them covers them.
MADE = frozenset({"/Pod", "apps/ReplicaSet", "batch/Job"})
# What a maker of Pods calls the objects that it has between: `web-6d4cf56db6`, `backup-29401020`.
MAKERS = {"apps/ReplicaSet": "apps/Deployment", "batch/Job": "batch/CronJob"}
BETWEEN = re.compile("^(.+)-[a-z0-9]+$")


def owners_of(kind: str, metadata: Mapping[str, Any]) -> Owners:
    """Give the controller of a Pod, ReplicaSet or Job, and the controller of that."""
    if kind not in MADE or not isinstance(references := metadata.get("ownerReferences"), list):
        return ()
    for each in references:
        if isinstance(each, Mapping) and each.get("controller") is True:
            return _chain(each.get("apiVersion"), each.get("kind"), each.get("name"))
    return ()


def _chain(version: object, kind: object, name: object) -> Owners:
    if not (isinstance(version, str) and isinstance(kind, str) and isinstance(name, str)):
        return ()
    owner = group_and_name(version, kind)
    between = BETWEEN.match(name) if owner in MAKERS else None
    if between is None:
        return ((owner, name),)
    return ((owner, name), (MAKERS[owner], between[1]))
