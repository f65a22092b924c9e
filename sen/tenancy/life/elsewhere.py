"""What of a tenant lies outside its namespace, and ends with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import suppress

from sen.errors import RefusedError
from sen.tenancy.life.objects import Kind, Object, Objects
from stacks.components.manifest import STACK_LABEL
from stacks.models.objects import GROUP, VERSION

_OURS = f"{GROUP}/{VERSION}"
_RBAC = "rbac.authorization.k8s.io/v1"
BINDINGS = (Kind(_RBAC, "RoleBinding"), Kind(_RBAC, "ClusterRoleBinding"))
AGREEMENT, WAIVER = Kind(_OURS, "SharingAgreement"), Kind(_OURS, "Waiver")
POLICY = Kind("networking.k8s.io/v1", "NetworkPolicy")
_NAME = "kubernetes.io/metadata.name"


def count(objects: Objects, namespace: str, today: dt.date) -> dict[str, int]:
    """Count what is left outside; all zero when the tenant is gone."""
    return {
        "bindings": len(list(_bindings(objects, namespace))),
        "agreements": len(list(_agreements(objects, namespace))),
        "waivers": len(list(_waivers(objects, namespace, today))),
        "openings": len(list(_openings(objects, namespace))),
    }


def end(objects: Objects, namespace: str, today: dt.date) -> dict[str, int]:
    """End all of it that one may; give how much there was.

    What other stacks build, they take out themselves. A right that is not one's own to give may not
    be changed either: a binding that others need is then left, and `named_by` names it.
    """
    before = count(objects, namespace, today)
    for each in list(_bindings(objects, namespace)):
        _without(objects, each, namespace)
    for each in list(_agreements(objects, namespace)):
        objects.delete(each)
    for each in list(_waivers(objects, namespace, today)):
        objects.patch(each, {"spec": {"ended": max(today.isoformat(), each["spec"]["starts"])}})
    for each in list(_openings(objects, namespace)):
        objects.delete(each)
    return before


def named_by(objects: Objects, namespace: str) -> list[str]:
    """Give what still names it: policies of other tenants' stacks, and bindings that were left.

    Their owners have to change them; an account of a namespace that is gone is nobody's.
    """
    policies = [each for each in _naming(objects, namespace) if _of_a_stack(each)]
    return sorted(
        "/".join(filter(None, (each["metadata"].get("namespace"), each["metadata"]["name"])))
        for each in (*policies, *_bindings(objects, namespace))
    )


def agreements(objects: Objects, namespace: str, today: dt.date) -> Iterator[Object]:
    """Give the sharing agreements that name a tenant and have not ended."""
    for each in _agreements(objects, namespace):
        if each["spec"]["ends"] >= today.isoformat():
            yield each


def waivers(objects: Objects, namespace: str, today: dt.date) -> Iterator[Object]:
    """Give the waivers about a tenant that hold."""
    return _waivers(objects, namespace, today)


def _bindings(objects: Objects, namespace: str) -> Iterator[Object]:
    for kind in BINDINGS:
        for each in objects.each(kind):
            outside = each["metadata"].get("namespace") != namespace
            if outside and any(_is_its(one, namespace) for one in each.get("subjects") or ()):
                yield each


def _without(objects: Objects, binding: Object, namespace: str) -> None:
    """Take the tenant's accounts out of a binding; one that is left empty goes."""
    kept = [one for one in binding["subjects"] if not _is_its(one, namespace)]
    with suppress(RefusedError):
        if kept:
            objects.patch(binding, {"subjects": kept})
        else:
            objects.delete(binding)


def _is_its(subject: Mapping[str, str], namespace: str) -> bool:
    account = subject["kind"] == "ServiceAccount" and subject.get("namespace") == namespace
    return account or subject["name"] == f"system:serviceaccounts:{namespace}"


def _agreements(objects: Objects, namespace: str) -> Iterator[Object]:
    for each in objects.each(AGREEMENT):
        if namespace in {each["spec"]["provider"], each["spec"]["consumer"]}:
            yield each


def _waivers(objects: Objects, namespace: str, today: dt.date) -> Iterator[Object]:
    day = today.isoformat()
    for each in objects.each(WAIVER):
        spec = each["spec"]
        over = spec["ends"] < day or (spec.get("ended") or "9999") <= day
        if spec["object"]["namespace"] == namespace and not over:
            yield each


def _openings(objects: Objects, namespace: str) -> Iterator[Object]:
    return (each for each in _naming(objects, namespace) if not _of_a_stack(each))


def _naming(objects: Objects, namespace: str) -> Iterator[Object]:
    """Give the policies outside that let traffic from or to it."""
    for each in objects.each(POLICY):
        if each["metadata"].get("namespace") != namespace and namespace in _peers(each):
            yield each


def _peers(policy: Object) -> set[str]:
    spec = policy.get("spec") or {}
    rules = [
        *((each, "from") for each in spec.get("ingress") or ()),
        *((each, "to") for each in spec.get("egress") or ()),
    ]
    return {
        ((peer.get("namespaceSelector") or {}).get("matchLabels") or {}).get(_NAME, "")
        for rule, side in rules
        for peer in rule.get(side) or ()
    }


def _of_a_stack(thing: Object) -> bool:
    return STACK_LABEL in (thing["metadata"].get("labels") or {})
