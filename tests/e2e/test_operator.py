"""The operator on a real API server: a request, two people who agree, a governed namespace."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from sen.local.wire import APPLY
from sen.operator.serve import serve
from sen.runs.settings import config_file, tenants_stack
from sen.runs.stack import Stack
from stacks.models.objects import GROUP, KINDS, VERSION
from stacks.models.objects.crd import crd
from tests.e2e.conftest import _end
from tests.platform_fixture import as_admin
from tests.sen.operator.cluster import DESK, approvals, request

pytestmark = [pytest.mark.platform, pytest.mark.toolchain, pytest.mark.xdist_group("platform")]


@pytest.fixture
def desk(platform, baseline):
    """The kinds, and the agency's own namespace, where it asks."""
    api = as_admin(platform)
    for kind in KINDS:
        path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{kind.crd_name}"
        assert api.ask("PATCH", f"{path}?fieldManager=test", crd(kind), APPLY)[0] in {200, 201}
    labels = {
        "sen.gov.vn/agency": "H26",
        "sen.gov.vn/system": "desk",
        "sen.gov.vn/level": "3",
        "sen.gov.vn/stage": "production",
        "sen.gov.vn/ends": time.strftime("%Y-%m-%d", time.gmtime(time.time() + 300 * 86400)),
    }
    annotations = {"sen.gov.vn/starts": time.strftime("%Y-%m-%d", time.gmtime())}
    meta = {"name": DESK, "labels": labels, "annotations": annotations}
    status, body = api.ask("POST", "/api/v1/namespaces", {"metadata": meta})
    assert status == 201, body
    while api.ask("GET", path_of("TenantRequest"))[0] != 200:
        pass
    yield api
    name = tenants_stack(platform, "H26")
    if config_file(name).exists():
        from sen.runs.environment import environment  # noqa: PLC0415 - only when there is one

        _end(Stack(name, environment(platform)))


def path_of(kind, name=""):
    plural = next(each.plural for each in KINDS if each.name == kind)
    return f"/apis/{GROUP}/{VERSION}/namespaces/{DESK}/{plural}/{name}".rstrip("/")


def put(api, thing):
    document = {"apiVersion": f"{GROUP}/{VERSION}", **thing}
    status, body = api.ask("POST", path_of(thing["kind"]), document)
    assert status == 201, body


def test_two_people_agree_and_a_governed_namespace_stands(platform, desk):
    asked = request("portal")
    put(desk, asked)

    async def live():
        ready = asyncio.Event()
        operator = asyncio.create_task(serve(platform, ready=ready))
        await ready.wait()
        waiting = await phase("Pending", operator)
        for each in approvals(asked):
            await asyncio.to_thread(put, desk, each)
        built = await phase("Ready", operator)
        operator.cancel()
        await asyncio.gather(operator, return_exceptions=True)
        return waiting, built

    async def phase(wanted, operator):
        while True:
            assert not operator.done(), operator.exception()
            _, body = await asyncio.to_thread(desk.ask, "GET", path_of("TenantRequest", "portal"))
            status = json.loads(body).get("status", {})
            assert status.get("phase") != "Failed", status
            if status.get("phase") == wanted:
                return status
            await asyncio.sleep(0.1)

    waiting, built = asyncio.run(asyncio.wait_for(live(), 120))

    assert waiting["waits_for"] == ["head", "security-officer"]
    assert built["tenant"] == "h26-portal-staging"
    status, body = desk.ask("GET", "/api/v1/namespaces/h26-portal-staging")
    assert status == 200
    assert json.loads(body)["metadata"]["labels"]["sen.gov.vn/level"] == "2"
