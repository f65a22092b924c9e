"""A platform with a desk, a request and an environment for every agency, as the portal reads it."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

from kubernetes import config

from sen.local.platform import Platform
from sen.portal.rights import limits_of, rights, told_at
from sen.tenancy.desk import PLATFORM_GROUP, desk, desk_of, roles, usual
from stacks.components.access import OIDC_PREFIX
from stacks.components.manifest import Manifest
from stacks.models.agency import Agency, agencies
from stacks.models.chain import material, required
from stacks.models.country import request_of
from stacks.models.objects import GROUP, KINDS, VERSION
from stacks.models.objects.approval import Role
from stacks.models.objects.crd import crd
from stacks.models.objects.request import RequestSpec
from stacks.models.price import monthly_price
from stacks.models.state import State
from stacks.models.tenant import Stage, TenantRequest
from tests.bench.raw import path

_AT_ONCE = 16
_WAITING_EACH = 8  # every eighth agency also has a request that still waits for its head
_KINDS = frozenset({"Namespace", "RoleBinding"})
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
_PATIENCE_SECONDS = 60.0
_REFUSED = 400
_NOT_FOUND = 404
Object = Mapping[str, Any]


@dataclass(frozen=True)
class Filled:
    """What was put down."""

    agencies: int
    tenants: int
    requests: int
    approvals: int
    objects: int


def fill(platform: Platform, count: int | None = None) -> Filled:
    """Open the desks of the first agencies (all without a number), each with what it runs.

    No admission policy is installed: these are read here, and never written.
    """
    today = dt.datetime.now(dt.UTC).date()
    chosen = tuple(islice(agencies().all(), count))
    put = _Writer(platform)
    put.all([*map(crd, KINDS), *roles(), *rights()])
    put.wait_for(f"/apis/{GROUP}/{VERSION}/tenants")
    desks = [one for each in chosen for one in _desk(each, today)]
    put.all([one for one in desks if one["kind"] == "Namespace"])
    put.all([one for one in desks if one["kind"] != "Namespace"])
    things = [one for number, each in enumerate(chosen) for one in _things(each, number, today)]
    put.all(things)
    kinds = [one["kind"] for one in things]
    return Filled(
        len(chosen),
        kinds.count("Tenant"),
        kinds.count("TenantRequest"),
        kinds.count("Approval"),
        len(desks) + len(things),
    )


def _desk(agency: Agency, today: dt.date) -> Iterator[Manifest]:
    """Give a desk without its quota and network: nothing runs here, and no page reads them."""
    things = desk(agency, usual(agency), "a.b@example.gov.vn", today)
    yield from (one for one in things if one["kind"] in _KINDS)
    people: dict[str, dict[str, str]] = {}
    for each in things:
        if each["kind"] == "RoleBinding":
            people.update((one["name"], one) for one in each["subjects"])
    labels = dict(things[0]["metadata"]["labels"])
    yield from told_at(agency.code, people.values(), labels)
    if agency.is_first_level:  # who has limits; agencies under it live within them
        people.pop(f"{OIDC_PREFIX}{PLATFORM_GROUP}")
        yield from limits_of(agency.code, people.values())
        yield _limits(agency, today.year)


def _limits(agency: Agency, year: int) -> Manifest:
    quota = {"cpu": 4000, "memory_gib": 16000, "storage_gib": 400_000, "pods": 20_000}
    spec = {
        "code": agency.code,
        "name": {"vi": agency.name, "en": agency.name_en or agency.name},
        "quota": {**quota, "services": 2000, "volumes": 4000},
        "budgets": [{"year": year, "vnd": 900_000_000_000}],
    }
    meta = {"name": agency.code.lower()}
    return {"apiVersion": f"{GROUP}/{VERSION}", "kind": "Agency", "metadata": meta, "spec": spec}


def _things(agency: Agency, number: int, today: dt.date) -> Iterator[Object]:
    ends = today + dt.timedelta(days=20 + number % 700)
    asked = request_of(agency, Stage.PRODUCTION, today, ends)
    yield from _built(asked, today)
    if number % _WAITING_EACH == 0:
        yield _request(request_of(agency, Stage.STAGING, today, ends), {"phase": "Pending"})


def _built(asked: TenantRequest, today: dt.date) -> Iterator[Object]:
    at = dt.datetime.combine(today, dt.time(), dt.UTC).isoformat()
    chain, digest = required(asked.system.level), _digest(asked)
    status = {"phase": "Ready", "tenant": asked.name, "conditions": _conditions(at)}
    yield _request(asked, status)
    yield from (_approval(asked, role, digest) for role in chain)
    spec = {
        "request": _name(asked),
        "namespace": asked.name,
        "agency": asked.agency,
        "level": asked.system.level,
        "starts": asked.starts.isoformat(),
        "ends": asked.ends.isoformat(),
        "price_vnd": monthly_price(asked),
        "state": str(State.ACTIVE),
        "material": digest,
        "approved_at": at,
        "approved": asked.model_dump(mode="json", exclude_none=True),
    }
    yield _object("Tenant", asked.name, asked.agency, spec, status={**status, "tenant": None})
    yield _event(asked, at)


def _request(asked: TenantRequest, status: Object) -> Object:
    waits = ["head", "security-officer"] if status["phase"] == "Pending" else []
    told = {**status, "price_vnd": monthly_price(asked), "waits_for": waits}
    given = asked.model_dump(mode="json", exclude_none=True)
    spec = {**given, "requested_by": _who(asked.agency), "reason": "Thay máy chủ hết bảo hành"}
    return _object("TenantRequest", _name(asked), asked.agency, spec, status=told)


def _approval(asked: TenantRequest, role: Role, digest: str) -> Object:
    spec = {
        "request": _name(asked),
        "material": digest,
        "role": str(role),
        "decision": "approve",
        "by": f"{role}@{_host(asked.agency)}",
        "price_vnd": monthly_price(asked),
        **({"document": "12/UBND-KGVX"} if role is Role.SUPERIOR else {}),
    }
    return _object("Approval", f"{_name(asked)}-{role}", asked.agency, spec)


def _event(asked: TenantRequest, at: str) -> Object:
    there = desk_of(asked.agency)
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{asked.name}.1", "namespace": there},
        "involvedObject": {"kind": "Tenant", "name": asked.name, "namespace": there},
        "reason": "Built",
        "message": "Đã dựng xong / Built",
        "type": "Normal",
        "firstTimestamp": at,
        "lastTimestamp": at,
        "count": 1,
    }


def _conditions(at: str) -> list[Object]:
    fixed = {"status": "True", "message": "", "lastTransitionTime": at, "observedGeneration": 1}
    reasons = {"Approved": "Approved", "Provisioned": "Built", "Ready": "Built"}
    return [
        {"type": kind, "reason": reason, **fixed}
        for kind, reason in (*reasons.items(), ("Compliant", "Checked"))
    ]


def _digest(asked: TenantRequest) -> str:
    given = {**asked.model_dump(), "requested_by": _who(asked.agency)}
    return material(RequestSpec.model_validate(given, context={"today": None}))


def _name(asked: TenantRequest) -> str:
    return f"{asked.system.slug}-{asked.stage}"


def _host(code: str) -> str:
    return f"{code.lower().replace('.', '-')}.example.gov.vn"


def _who(code: str) -> str:
    return f"an@{_host(code)}"


def _object(
    kind: str, name: str, agency: str, spec: Object, *, status: Object | None = None
) -> Object:
    meta = {"name": name, "namespace": desk_of(agency)}
    thing: dict[str, Any] = {"apiVersion": f"{GROUP}/{VERSION}", "kind": kind, "metadata": meta}
    told = {key: each for key, each in (status or {}).items() if each is not None}
    return {**thing, "spec": spec, **({"status": told} if told else {})}


class _Writer:
    """Makes objects as the platform's administrator, sixteen at a time."""

    def __init__(self, platform: Platform) -> None:
        api = config.new_client_from_config(str(platform.kubeconfig), platform.context)
        api.configuration.connection_pool_maxsize = _AT_ONCE
        self._pool, self._host = api.rest_client.pool_manager, api.configuration.host

    def all(self, things: Sequence[Object]) -> None:
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            list(threads.map(self._one, things))

    def wait_for(self, listed: str) -> None:
        """Wait until a kind is served."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self._call("GET", listed, None).status == _NOT_FOUND:
            if time.monotonic() > deadline:
                raise RuntimeError(listed)
            time.sleep(0.2)

    def _one(self, thing: Object) -> None:
        at = path(dict(thing)).replace("/agencys/", "/agencies/")
        made = self._done("POST", at.rpartition("/")[0], thing)
        if thing.get("status") and thing["apiVersion"].startswith(GROUP):
            version = {"resourceVersion": made["metadata"]["resourceVersion"]}
            told = {**thing, "metadata": {**thing["metadata"], **version}}
            self._done("PUT", f"{at}/status", told)

    def _done(self, method: str, at: str, body: Object) -> dict[str, Any]:
        answer = self._call(method, at, body)
        if answer.status >= _REFUSED:
            raise RuntimeError(f"{method} {at}: {answer.data[:500]!r}")
        made: dict[str, Any] = json.loads(answer.data)
        return made

    def _call(self, method: str, at: str, body: Object | None) -> Any:
        content = None if body is None else json.dumps(body)
        return self._pool.request(method, self._host + at, body=content, headers=_HEADERS)
