"""The plan gate: what Pulumi is about to make, judged before it is made.

Pulumi hands out proxies, numbers as floats, and unknown values as exceptions; here they become
plain Kubernetes objects in which every unknown value is marked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pulumi_policy.proxy import UnknownValueError

from policies.finding import Finding, Gate
from policies.judge import judge as own_judge
from policies.partial import UNKNOWN
from policies.subject import Subject

TOKEN = re.compile(r"kubernetes:(?P<version>[^:]+):(?P<kind>[A-Za-z]+)")
RELEASE = "kubernetes:helm.sh/v3:Release"


def judge(
    thing: Mapping[str, Any],
    *,
    level: int = 5,
    context: Iterable[Mapping[str, Any]] | None = None,
) -> tuple[Finding, ...]:
    """Judge one plain object by every rule about its kind."""
    seen = None if context is None else tuple(context)
    return own_judge().findings(Subject(dated(thing), level, seen), Gate.PLAN)


def evaluate_many(things: Sequence[Mapping[str, Any]], level: int = 5) -> int:
    """Judge objects one after the other and say how many rules were evaluated; for timing."""
    return sum(len(judge(thing, level=level, context=())) for thing in things)


def objects_of(token: str, props: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Give the Kubernetes objects of a Pulumi resource: one, the items of a list, or none."""
    found = TOKEN.fullmatch(token)
    if found is None or opaque(token):
        return ()
    version = found["version"].removeprefix("core/")
    body = plain(props)
    if found["kind"].endswith("List") and isinstance(body.get("items"), list):
        kind = found["kind"].removesuffix("List")
        items = [each for each in body["items"] if isinstance(each, dict)]
        return tuple({"apiVersion": version, "kind": kind, **each} for each in items)
    return ({**body, "apiVersion": version, "kind": found["kind"]},)


def opaque(token: str) -> bool:
    """Say whether a Kubernetes resource hides objects from the plan: a Helm release, a patch."""
    return token == RELEASE or (token.startswith("kubernetes:") and token.endswith("Patch"))


def dated(thing: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fill in when an object is made, as the API server would: now, if it is not there yet."""
    metadata = thing.get("metadata")
    if not isinstance(metadata, Mapping):
        return thing
    known = metadata.get("creationTimestamp")
    if isinstance(known, str | bytes) and known != UNKNOWN:
        return thing
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**thing, "metadata": {**metadata, "creationTimestamp": now}}


def plain(value: Any) -> Any:  # noqa: ANN401 - a plan holds anything
    """Turn Pulumi's proxies into plain values, as the API server would read them."""
    if isinstance(value, Mapping):
        read = {str(key): _known(value.__getitem__, key) for key in value}
        return {key: each for key, each in read.items() if each is not None}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_known(value.__getitem__, index) for index in range(len(value))]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int | float | bool | None) else str(type(value))


def _known(get: Callable[[Any], Any], key: object) -> Any:  # noqa: ANN401 - likewise
    try:
        return plain(get(key))
    except UnknownValueError:
        return UNKNOWN
