"""How a request differs from what is in the cluster: every field that the request decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kubernetes.dynamic.exceptions import NotFoundError
from kubernetes.utils.quantity import parse_quantity

from sen.runs.cluster import connected
from stacks.components.manifest import Manifest
from stacks.components.tenant import objects_for
from stacks.models.tenant import TenantRequest

Row = dict[str, object]
_AMOUNTS = frozenset({"hard", "max", "default", "defaultRequest"})


def differences(request: TenantRequest, kubeconfig: Path, context: str) -> list[Row]:
    """Give a row per field that differs and per object that is missing; none: all is as asked."""
    with connected(kubeconfig, context) as dynamic:
        return [
            row
            for wanted in objects_for(request)
            for row in compare(wanted, _live(dynamic, wanted))
        ]


def compare(wanted: Manifest, live: Mapping[str, Any] | None) -> Iterator[Row]:
    """Compare what is wanted with what is there; fields that nobody asked for do not count."""
    thing = f"{wanted['kind']}/{wanted['metadata']['name']}"
    if live is None:
        yield {"object": thing, "field": "", "wanted": "present", "live": "absent"}
        return
    for path, want, have in _fields((), wanted, live):
        yield {"object": thing, "field": ".".join(path), "wanted": want, "live": have}


def _fields(
    path: tuple[str, ...], want: object, have: object
) -> Iterator[tuple[tuple[str, ...], object, object]]:
    if isinstance(want, Mapping) and isinstance(have, Mapping):
        for key, value in want.items():
            yield from _fields((*path, key), value, have.get(key))
    elif isinstance(want, list) and isinstance(have, list) and len(want) == len(have):
        for index, pair in enumerate(zip(want, have, strict=True)):
            yield from _fields((*path, str(index)), *pair)
    elif want != have and not (_empty(want) and _empty(have)) and not _equal(path, want, have):
        yield path, want, have


def _empty(value: object) -> bool:
    return value in ({}, [], None)


def _equal(path: tuple[str, ...], want: object, have: object) -> bool:
    """Compare amounts by what they mean: Kubernetes writes 1024Gi as 1Ti."""
    if not (_AMOUNTS & set(path) and isinstance(want, str) and isinstance(have, str)):
        return False
    try:
        return bool(parse_quantity(want) == parse_quantity(have))
    except ValueError:
        return False


def _live(dynamic: Any, wanted: Manifest) -> Mapping[str, Any] | None:  # noqa: ANN401
    resource = dynamic.resources.get(api_version=wanted["apiVersion"], kind=wanted["kind"])
    metadata = wanted["metadata"]
    try:
        found = dynamic.get(resource, name=metadata["name"], namespace=metadata.get("namespace"))
    except NotFoundError:
        return None
    live: Mapping[str, Any] = found.to_dict()
    return live
