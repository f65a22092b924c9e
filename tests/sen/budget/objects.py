"""Objects as the API server would give them: agencies, requests, tenants, namespaces."""

from __future__ import annotations

import datetime as dt

from sen.budget.account import account
from sen.budget.reading import Objects
from sen.operator.plan import plan
from stacks.components.tenant import objects_for
from stacks.models.agency import agencies
from stacks.models.ledger import Ledger
from stacks.models.tenant import TenantRequest
from tests.request_of import request_of
from tests.sen.operator.cluster import NOW, agency, approvals, request

TODAY = dt.date.today()
QUOTA = {"memory_gib": 100, "storage_gib": 1000, "pods": 99, "services": 99, "volumes": 99}
__all__ = ["QUOTA", "TODAY", "agency", "counted", "namespace", "request", "tenant"]


def tenant(name, *, price=None, **changed):
    """Give the tenant that the operator makes of a request that all agreed to."""
    asked = request(name, **changed)
    made = plan(asked, approvals(asked), Ledger({}, ()), NOW).tenant
    spec = made.model_dump(mode="json", exclude_none=True)
    meta = {"name": made.namespace, "namespace": asked["metadata"]["namespace"]}
    return {
        "kind": "Tenant",
        "metadata": meta,
        "spec": spec if price is None else {**spec, "price_vnd": price},
    }


def namespace(name, **changed):
    """Give the namespace of a tenant that was built from a file."""
    asked = TenantRequest.model_validate(request_of(slug=name, **{"level": 2, **changed}))
    return dict(objects_for(asked)[0])


def counted(**objects):
    found = Objects(**{name: tuple(each) for name, each in objects.items()})
    return account(found, agencies(), TODAY, ["H26"])
