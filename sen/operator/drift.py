"""Puts back what was edited by hand in a tenant, and records who did it.

Objects are watched, not asked for: what does not change costs nothing. What is put back is applied
as the stack's own field manager, so that the stack's next run finds it as it made it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kubernetes.client.exceptions import ApiException

from sen.evidence import Act
from sen.operator.conditions import holds
from sen.operator.course import is_gone
from sen.operator.culprit import OWN, Reference, culprit, owner_of
from sen.operator.events import Events
from sen.operator.log import LOG
from sen.operator.metrics import Metrics
from sen.operator.rest import APPLY, NOT_FOUND, Rest
from sen.operator.world import Object, approved
from sen.tenancy.difference import Row, compare
from stacks.components.manifest import FIELD_MANAGER, STACK_LABEL, Manifest
from stacks.components.tenant import objects_for
from stacks.models.objects.status import Phase

# Where the kinds of a tenant's objects are.
KINDS: Mapping[str, tuple[str, str]] = {
    "Namespace": ("/api/v1", "namespaces"),
    "ResourceQuota": ("/api/v1", "resourcequotas"),
    "LimitRange": ("/api/v1", "limitranges"),
    "ServiceAccount": ("/api/v1", "serviceaccounts"),
    "NetworkPolicy": ("/apis/networking.k8s.io/v1", "networkpolicies"),
    "RoleBinding": ("/apis/rbac.authorization.k8s.io/v1", "rolebindings"),
    "PodDisruptionBudget": ("/apis/policy/v1", "poddisruptionbudgets"),
}
_MOST_FIELDS = 20


@dataclass
class Drift:
    """Compares tenants with what was approved for them.

    Attributes:
        stack: Gives the stack that builds a tenant, by its agency.
        ask: Asks for a tenant to be looked at; called from the threads of watches.
    """

    rest: Rest
    stack: Callable[[str], str]
    record: Callable[[Act], object]
    events: Events
    metrics: Metrics
    audit_log: Path | None = None
    ask: Callable[[str], object] = str
    _tenants: dict[str, Object] = field(default_factory=dict, init=False)
    _recorded: dict[str, str] = field(default_factory=dict, init=False)

    def learn(self, tenant: Object, *, gone: bool = False) -> None:
        """Take in the state of a tenant, before what happens to its objects."""
        name = tenant["metadata"]["name"]
        known = self._tenants.get(name)
        if gone or is_gone(tenant):  # another desk may have taken it over, under the same name
            if known and known["metadata"]["namespace"] == tenant["metadata"]["namespace"]:
                del self._tenants[name]
            return
        began = is_steady(tenant) and not is_steady(self._tenants.get(name, tenant))
        self._tenants[name] = tenant
        if began:  # what changed while it was built was not looked at
            self.ask(name)

    def heard(self, kind: str, what: str, live: Object) -> None:
        """Look at one object that changed; ask for its tenant if it is not as it should be."""
        meta = live["metadata"]
        name = meta.get("namespace") or meta["name"]
        tenant = self._tenants.get(name)
        if tenant is None or not is_steady(tenant):
            return
        wanted = self._wanted(tenant).get((kind, meta["name"]))
        if wanted and (what == "DELETED" or next(compare(wanted, live), None)):
            self.ask(name)

    def put_back(self, name: str) -> int:
        """Bring a tenant's objects to what was approved; give how many were not.

        Raises:
            ApiException: An object was not taken; ask again later.
        """
        tenant = self._tenants.get(name)
        if tenant is None or not is_steady(tenant):
            return 0
        return sum(self._one(tenant, each) for each in self._wanted(tenant).values())

    def _one(self, tenant: Object, wanted: Manifest) -> bool:
        path = path_of(wanted)
        live = self._live(path)
        rows = list(by_hand(wanted, live))
        if not rows:
            return False
        self._record(tenant, wanted, live, rows)
        query = {"fieldManager": OWN, "force": "true"}
        self.rest.ask("PATCH", path, wanted, content=APPLY, **query)
        thing = f"{wanted['kind']}/{wanted['metadata']['name']}"
        fields = ", ".join(str(each["field"] or each["live"]) for each in rows[:_MOST_FIELDS])
        self.metrics.put_back(wanted["kind"])
        self.events.tell(tenant, "PutBack", "Drift", f"{thing}: {fields}")
        LOG.info("put back %s of %s", thing, tenant["metadata"]["name"])
        return True

    def _record(
        self, tenant: Object, wanted: Manifest, live: Object | None, rows: list[Row]
    ) -> None:
        """Write down what was found, once: what cannot be written down is not done."""
        version = live["metadata"]["resourceVersion"] if live else "absent"
        path = path_of(wanted)
        if self._recorded.get(path) == version and live:
            return
        meta = wanted["metadata"]
        reference = Reference(KINDS[wanted["kind"]][1], tenant["metadata"]["name"], meta["name"])
        owner = owner_of(live, str(rows[0]["field"])) if live else ""
        fields = [{key: str(value) for key, value in each.items()} for each in rows[:_MOST_FIELDS]]
        data = {"fields": fields, "count": len(rows), "object_version": version}
        who = culprit(self.audit_log, reference, owner)
        self.record(Act("tenant.drift", who, tenant["metadata"]["name"], data))
        self._recorded[path] = version

    def _live(self, path: str) -> Object | None:
        try:
            return self.rest.ask("GET", path)
        except ApiException as error:
            if error.status != NOT_FOUND:
                raise
            return None

    def _wanted(self, tenant: Object) -> Mapping[tuple[str, str], Manifest]:
        meta = tenant["metadata"]
        key = (meta["name"], str(meta.get("resourceVersion")))
        return self._made(key, self.stack(tenant["spec"]["agency"]))

    @functools.cached_property
    def _made(self) -> Callable[[tuple[str, str], str], Mapping[tuple[str, str], Manifest]]:
        @functools.lru_cache(maxsize=64)
        def made(key: tuple[str, str], stack: str) -> Mapping[tuple[str, str], Manifest]:
            objects = objects_for(approved(self._tenants[key[0]]))
            return {
                (each["kind"], each["metadata"]["name"]): marked(each, stack) for each in objects
            }

        return made


def is_steady(tenant: Object) -> bool:
    """Say whether a tenant is built and nothing is happening to it."""
    return holds(tenant, "Ready") and tenant["status"].get("phase") == Phase.READY


def by_hand(wanted: Manifest, live: Object | None) -> Iterator[Row]:
    """Give the differences that a hand has made: a value that Sen itself wrote is none.

    A newer program wants other values than the one that built a tenant; those come with a run.
    """
    for row in compare(wanted, live):
        changed = live is not None and row["live"] is not None
        if not changed or owner_of(live or {}, str(row["field"])) != OWN:
            yield row


def marked(one: Manifest, stack: str) -> Manifest:
    """Mark an object as the stack marks it, or to apply it would take its marks away."""
    meta = one["metadata"]
    labels = {**meta.get("labels", {}), STACK_LABEL: stack}
    annotations = {**meta.get("annotations", {}), FIELD_MANAGER: OWN}
    return {**one, "metadata": {**meta, "labels": labels, "annotations": annotations}}


def path_of(one: Manifest) -> str:
    root, plural = KINDS[one["kind"]]
    meta: Mapping[str, Any] = one["metadata"]
    inside = f"/namespaces/{meta['namespace']}" if meta.get("namespace") else ""
    return f"{root}{inside}/{plural}/{meta['name']}"
