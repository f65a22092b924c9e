"""The whole life of a tenant on a real API server: it runs, rests, runs, ends, is gone, proven."""

from __future__ import annotations

import asyncio
import datetime as dt
import json

import pytest
import yaml
from typer.testing import CliRunner

from sen.cli import operator, tenant
from sen.evidence.place import chain_of
from sen.evidence.verification import verify
from sen.operator import life as life_module
from sen.operator import serve as serving
from sen.operator.serve import serve
from sen.runs.environment import environment
from sen.runs.settings import config_file, tenants_stack
from sen.runs.stack import Stack
from sen.tenancy import asking
from sen.tenancy.life.archive import verify as verified
from tests.e2e.conftest import _end
from tests.platform_fixture import as_admin
from tests.request_of import request_of

pytestmark = [pytest.mark.platform, pytest.mark.toolchain, pytest.mark.xdist_group("platform")]

AGENCY, NAME, REQUEST = "H29", "h29-portal-staging", "portal-staging"
DESK = "h29-desk-production"


@pytest.fixture
def desk(platform, baseline, tmp_path):
    """The desk of Ho Chi Minh City and four people; what was built is gone afterwards."""
    call(operator.app, "install", "--name", platform.name)
    call(operator.app, "desk", AGENCY, "--officer", "a.b@tphcm.gov.vn", "--name", platform.name)
    groups = {"an": "requesters", "binh": "heads", "chi": "security-officers"}
    for person, group in groups.items():
        platform.client_kubeconfig(person, [f"oidc:h29-{group}"], tmp_path / person)
    yield tmp_path
    name = tenants_stack(platform, AGENCY)
    if config_file(name).exists():
        _end(Stack(name, environment(platform)))


def call(app, *arguments):
    found = CliRunner().invoke(app, list(map(str, arguments)))
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert found.exit_code == 0, found.output
    return found.stdout


def say(folder, person, verb, *words):
    given = (REQUEST, "--agency", AGENCY, "--kubeconfig", folder / person)
    return call(tenant.app, verb, *given, *words)


def test_tenant_rests_runs_again_ends_and_leaves_proof(platform, desk, monkeypatch):
    asked = request_of(AGENCY, level=2)
    (desk / "portal.yaml").write_text(yaml.safe_dump(asked), "utf-8")
    monkeypatch.setattr(life_module, "SOON_SECONDS", 0.2)
    monkeypatch.setattr(serving, "LIVES_SECONDS", 0.2)

    monkeypatch.setattr(asking, "PATIENCE_SECONDS", 60.0)
    later = [dt.timedelta()]
    monkeypatch.setattr(serving, "_now", lambda: dt.datetime.now(dt.UTC) + later[0])

    seen = asyncio.run(asyncio.wait_for(lived(platform, desk, later), 400))

    assert seen["running"] == (2, "20")
    assert seen["resting"] == (0, "0")
    assert seen["policies"] == {"deny-all", "allow-dns"}
    assert seen["again"] == (2, "20")
    assert as_admin(platform).ask("GET", f"/api/v1/namespaces/{NAME}")[0] == 404
    (folder,) = (chain_of(platform).path.parent / "offboarding" / NAME).glob(f"{NAME}-*")
    assert len(verified(folder)) > 10
    assert all(verified(folder).values())
    text = "".join(each.read_text() for each in folder.rglob("*") if each.is_file())
    assert ("blue" in text, "c2VjcmV0" in text) == (True, False)
    records = list(chain_of(platform).records())
    (gone,) = [each for each in records if (each.act, each.about) == ("tenant.offboard", NAME)]
    assert gone.data["before"]["Deployment"] == 1
    assert set(gone.data["after"].values()) == {0}
    assert verify(chain_of(platform).lines()).sound
    assert "tenant.offboard" in say(desk, "an", "history", "--name", platform.name, "-o", "json")


async def lived(platform, desk, later):
    """Let the operator run while people wish; give what stood on the way."""
    api, seen, ready = as_admin(platform), {}, asyncio.Event()
    running = asyncio.create_task(serve(platform, ready=ready))
    try:
        await ready.wait()
        await asyncio.to_thread(asked_and_approved, desk)
        await phase(platform, running, "Ready")
        put_workload(api)
        seen["running"] = await stands(api, running, 2)
        await asyncio.to_thread(say, desk, "an", "suspend")
        await phase(platform, running, "Suspended")
        seen["resting"] = await stands(api, running, 0)
        seen["policies"] = policies(api)
        await asyncio.to_thread(say, desk, "an", "resume")
        await phase(platform, running, "Ready")
        seen["again"] = await stands(api, running, 2)
        for days in (366, 400):
            later[0] = dt.timedelta(days=days)
            await phase(platform, running, "Ending" if days == 366 else "Offboarded")
        return seen
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def asked_and_approved(desk):
    call(tenant.app, "request", desk / "portal.yaml", "--kubeconfig", desk / "an")
    say(desk, "binh", "approve", "--role", "head")
    say(desk, "chi", "approve", "--role", "security-officer")


def put_workload(api):
    labels = {"app": "web"}
    container = {"name": "web", "image": "registry.invalid/web@sha256:" + "0" * 64}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    things = {
        "/api/v1/namespaces/{}/configmaps": {"data": {"colour": "blue"}},
        "/api/v1/namespaces/{}/secrets": {"data": {"key": "c2VjcmV0"}},
        "/apis/apps/v1/namespaces/{}/deployments": {"spec": spec},
    }
    for path, body in things.items():
        status, said = api.ask("POST", path.format(NAME), {"metadata": {"name": "web"}, **body})
        assert status == 201, said


def get(api, path):
    status, body = api.ask("GET", path)
    return json.loads(body) if status == 200 else {}


async def stands(api, running, replicas):
    """Wait until the workload has so many copies; give them and the quota of pods."""
    while True:
        assert not running.done(), running.exception()
        found = get(api, f"/apis/apps/v1/namespaces/{NAME}/deployments/web")
        if found and found["spec"]["replicas"] == replicas:
            quota = get(api, f"/api/v1/namespaces/{NAME}/resourcequotas/quota")
            return replicas, quota["spec"]["hard"]["pods"]
        await asyncio.sleep(0.1)


def policies(api):
    path = f"/apis/networking.k8s.io/v1/namespaces/{NAME}/networkpolicies"
    return {each["metadata"]["name"] for each in get(api, path)["items"]}


async def phase(platform, running, wanted):
    path = f"/apis/sen.gov.vn/v1alpha1/namespaces/{DESK}/tenants/{NAME}"
    while True:
        assert not running.done(), running.exception()
        found = await asyncio.to_thread(get, as_admin(platform), path)
        status = found.get("status") or {}
        assert status.get("phase") != "Failed", json.dumps(status)
        if status.get("phase") == wanted:
            return
        await asyncio.sleep(0.1)
