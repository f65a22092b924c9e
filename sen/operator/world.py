"""What the operator knows of the cluster: the last state of every object of its kinds."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from stacks.models.agency import Agency, AgencyBook, agencies
from stacks.models.ledger import MONEY, Grant, Ledger, Limit, amounts_of, spending
from stacks.models.objects.agency import AgencySpec
from stacks.models.objects.status import Phase
from stacks.models.state import State
from stacks.models.tenant import TenantRequest

Object = Mapping[str, Any]
Key = tuple[str, str]


class World:
    """Objects by kind, namespace and name, as events bring them."""

    def __init__(self, book: AgencyBook | None = None) -> None:
        self._book = book or agencies()
        self._objects: dict[str, dict[Key, Object]] = defaultdict(dict)
        self._grants: dict[Key, Grant] = {}

    def learn(self, thing: Object, *, gone: bool = False) -> None:
        """Take in what an event says; an older state than the one known is left aside."""
        known, key = self._objects[thing["kind"]], key_of(thing)
        if gone:
            known.pop(key, None)
            self._grants.pop(key, None)
        elif _version(thing) >= _version(known.get(key)):
            known[key] = thing
            if thing["kind"] == "Tenant":
                self._grants[key] = grant_of(thing)

    def get(self, kind: str, key: Key) -> Object | None:
        return self._objects[kind].get(key)

    def all(self, kind: str) -> Iterator[Object]:
        yield from list(self._objects[kind].values())

    def approvals(self, request: Key) -> list[Object]:
        """Give the decisions about a request."""
        namespace, name = request
        return [
            each
            for each in self.all("Approval")
            if each["metadata"]["namespace"] == namespace and each["spec"]["request"] == name
        ]

    def shard(self, agency: str) -> str:
        """Give the first-level agency whose stack builds an agency's tenants."""
        return self._book.first_level(self._book.get(agency)).code

    def tenants_of(self, shard: str) -> list[Object]:
        """Give the tenants of a stack, without those that were off-boarded or handed over."""
        return [
            each
            for each in self.all("Tenant")
            if self.shard(each["spec"]["agency"]) == shard and not _is_left(each)
        ]

    def built_by(self, request: Object) -> Object | None:
        """Give the tenant that stands because of a request."""
        namespace, name = key_of(request)
        found = (request.get("status") or {}).get("tenant")
        tenant = self.get("Tenant", (namespace, found)) if found else None
        if tenant is not None:
            return tenant
        for each in self.all("Tenant"):
            if each["metadata"]["namespace"] == namespace and each["spec"]["request"] == name:
                return each
        return None

    def request_of(self, tenant: Object) -> Object | None:
        """Give the request that a tenant was built by."""
        key = (tenant["metadata"]["namespace"], tenant["spec"]["request"])
        return self.get("TenantRequest", key)

    def tenants_named(self, name: str) -> list[Object]:
        """Give the objects of a tenant on all desks: one of them is not handed over."""
        return [each for each in self.all("Tenant") if each["metadata"]["name"] == name]

    def successor(self, code: str, today: dt.date) -> Agency | None:
        """Give the agency that took over, by an Agency object or by the book; None while it is."""
        for each in self.all("Agency"):
            if each["spec"]["code"] == code and each["spec"].get("merged_into"):
                return self._book.get(each["spec"]["merged_into"])
        found = self._book.get(code)
        if found.successor is None or found.holds_on(today):
            return None
        return self._book.get(found.successor)

    def ledger(self, agency: str) -> Ledger:
        """Give the limits that bind an agency, and what was granted under them."""
        limits = [_limit(AgencySpec.model_validate(each["spec"])) for each in self.all("Agency")]
        grants = tuple(self._grants.values())
        return Ledger(self._parents({agency, *(each.agency for each in grants)}), limits, grants)

    def _parents(self, codes: set[str]) -> dict[str, str | None]:
        parents: dict[str, str | None] = {}
        waiting = set(codes)
        while waiting:
            code = waiting.pop()
            parent = self._book.get(code).parent
            parents[code] = parent
            if parent and parent not in parents:
                waiting.add(parent)
        return parents


def key_of(thing: Object) -> Key:
    meta = thing["metadata"]
    return meta.get("namespace", ""), meta["name"]


def joined(key: Key) -> str:
    """Write a key as one word: `namespace/name`."""
    return "/".join(key)


def parted(text: str) -> Key:
    """Read a key of one word."""
    namespace, _, name = text.partition("/")
    return namespace, name


def approved(tenant: Object) -> TenantRequest:
    """Give the request as it was approved and is to be built, also when its time has passed."""
    spec = tenant["spec"]
    given = {**spec["approved"], "state": spec.get("state", State.ACTIVE)}
    return TenantRequest.model_validate(given, context={"today": None, "standing": True})


def grant_of(tenant: Object) -> Grant:
    """Give what a tenant takes; of one that is gone from here the money that it cost remains."""
    request, price = approved(tenant), tenant["spec"]["price_vnd"]
    if tenant["spec"].get("handed") is not None:
        last = dt.date.fromisoformat(tenant["spec"]["ends"])
        spent = spending(price, request.starts, last)
        return Grant(f"{request.name}/{request.agency}", request.agency, spent)
    if _offboarded(tenant):
        spent = spending(price, request.starts, request.ends)
        return Grant(request.name, request.agency, spent)
    amounts = amounts_of(request.quota_effective, price, request.starts, request.ends)
    return Grant(request.name, request.agency, amounts)


def _is_left(tenant: Object) -> bool:
    return _offboarded(tenant) or tenant["spec"].get("handed") is not None


def _offboarded(tenant: Object) -> bool:
    return (tenant.get("status") or {}).get("phase") == Phase.OFFBOARDED


def _version(thing: Object | None) -> int:
    """Compare versions of one object as numbers, as Kubernetes allows since 1.35."""
    return int(thing["metadata"].get("resourceVersion", 0)) if thing else -1


def _limit(spec: AgencySpec) -> Limit:
    shared = {"cpu", "memory_gib", "storage_gib"}
    quota = spec.quota.model_dump(include=shared) if spec.quota else {}
    money = {f"{MONEY}-{each.year}": each.vnd for each in spec.budgets}
    return Limit(spec.code, {**quota, **money})
