"""A cluster of objects in memory: what the operator writes, and events of every change."""

from __future__ import annotations

import copy
import datetime as dt
from collections import defaultdict

from kubernetes.client.exceptions import ApiException

from sen.operator.conditions import merged
from stacks.models.chain import material, required
from stacks.models.objects.request import RequestSpec
from stacks.models.objects.tenant import kept
from tests.request_of import request_of

NOW = dt.datetime.now(dt.UTC)
DESK = "h26-desk-production"


class Cluster:
    """What the real `Api` does, on a dictionary; it also tells how often it was asked."""

    def __init__(self):
        self.objects, self.version, self.calls = defaultdict(dict), 0, 0
        self.listeners, self.records = [], []
        self.desks = {DESK}

    def put(self, thing):
        thing = copy.deepcopy(thing)
        key = (thing["metadata"]["namespace"], thing["metadata"]["name"])
        before = self.objects[thing["kind"]].get(key)
        self.version += 1
        generation = 1 if before is None else before["metadata"]["generation"]
        if before is not None and before["spec"] != thing["spec"]:
            generation += 1
        thing["metadata"] |= {"resourceVersion": str(self.version), "generation": generation}
        thing["metadata"].setdefault("creationTimestamp", f"{self.version:09}")
        self.objects[thing["kind"]][key] = thing
        for each in self.listeners:
            each(thing)
        return thing

    def myself(self):
        return "operator"

    def ask(self, namespace, name, spec):
        """Put a request on a desk that is open, unless it is there."""
        if namespace in self.desks and (namespace, name) not in self.objects["TenantRequest"]:
            meta = {"name": name, "namespace": namespace}
            self.put({"kind": "TenantRequest", "metadata": meta, "spec": spec})
        return namespace in self.desks

    def say(self, request, plan, now):
        status = {
            "phase": str(plan.phase),
            "price_vnd": plan.price_vnd,
            "waits_for": list(plan.waits_for),
            "approved_by": list(plan.approved_by),
        }
        return self.settle("tenantrequests", request, plan.conditions, status, now)

    def settle(self, plural, thing, said, status, now):
        self.calls += 1
        kind = {"tenants": "Tenant", "tenantrequests": "TenantRequest"}[plural]
        there = self.objects[kind][thing["metadata"]["namespace"], thing["metadata"]["name"]]
        before = there.get("status") or {}
        generation = thing["metadata"]["generation"]
        wanted = {
            **status,
            "observedGeneration": generation,
            "conditions": merged(before.get("conditions", ()), said, generation, now),
        }
        if all(before.get(name) == value for name, value in wanted.items()):
            return there
        return self.put({**there, "status": {**before, **wanted}})

    def put_tenant(self, namespace, spec):
        self.calls += 1
        there = self.objects["Tenant"].get((namespace, spec.namespace))
        if there and there["spec"]["material"] == spec.material:
            return there
        meta = dict(there["metadata"]) if there else {}
        stays = kept(there["spec"]) if there else {}
        meta |= {"name": spec.namespace, "namespace": namespace}
        body = {"kind": "Tenant", "metadata": meta}
        status = {"status": there["status"]} if there and "status" in there else {}
        given = spec.model_dump(mode="json", exclude_none=True)
        return self.put({**body, **status, "spec": {**given, **stays}})

    def amend(self, tenant, changes):
        """Change a tenant as the API server would: as it was read, and within its rules."""
        self.calls += 1
        meta = tenant["metadata"]
        there = self.objects["Tenant"][meta["namespace"], meta["name"]]
        if there["metadata"]["resourceVersion"] != meta["resourceVersion"]:
            raise ApiException(409, "changed meanwhile")
        spec = {**there["spec"], **changes}
        if spec.get("closed_at") and spec.get("legal_hold"):
            raise ApiException(422, "what is held cannot be removed")
        return self.put({**there, "spec": spec})


def request(name, *, namespace=DESK, **changed):
    spec = {**request_of(slug=name, **{"level": 2, **changed}), "requested_by": "an"}
    meta = {"name": name, "namespace": namespace}
    return {"kind": "TenantRequest", "metadata": meta, "spec": spec}


def approvals(asked):
    """Give the decisions of all who must agree to a request."""
    spec = RequestSpec.model_validate(asked["spec"])
    return [
        {
            "kind": "Approval",
            "metadata": {
                "name": f"{asked['metadata']['name']}-{role}",
                "namespace": asked["metadata"]["namespace"],
            },
            "spec": {
                "request": asked["metadata"]["name"],
                "material": material(spec),
                "role": str(role),
                "decision": "approve",
                "by": f"person-{role}",
                "price_vnd": 1,
                "document": "12/UBND",
            },
        }
        for role in required(spec.system.level)
    ]


def agency(code="H26", **spec):
    name = {"vi": "Thành phố Hà Nội", "en": "Hanoi City"}
    meta = {"name": code.lower(), "namespace": ""}
    return {"kind": "Agency", "metadata": meta, "spec": {"code": code, "name": name, **spec}}
