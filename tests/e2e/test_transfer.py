"""A tenant goes from Ha Noi to Ho Chi Minh City: what it holds stays, who may do what changes."""

from __future__ import annotations

import asyncio
import json
import os

import pytest
import yaml
from typer.testing import CliRunner

from sen import local
from sen.cli import operator, tenant
from sen.evidence.place import chain_of
from sen.evidence.verification import verify
from sen.local.platform import Platform
from sen.operator.health import Health
from sen.operator.serve import Setting, serve
from sen.runs.environment import environment
from sen.runs.recover import known
from sen.runs.settings import config_file, tenants_stack
from sen.runs.stack import Stack
from sen.tenancy import asking
from tests.platform_fixture import as_admin
from tests.request_of import request_of

pytestmark = [pytest.mark.platform, pytest.mark.toolchain]

NAME, REQUEST = "h26-portal-staging", "portal-staging"
AT = "/apis/sen.gov.vn/v1alpha1/namespaces/{}-desk-production/{}"
MINE, THEIRS = (f"{AT.format(code, 'tenants')}/{NAME}" for code in ("h26", "h29"))
RBAC = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{NAME}/rolebindings"
GROUPS = {"an": "requesters", "binh": "heads", "chi": "security-officers"}


@pytest.fixture(scope="module")
def platform(tools):
    """A platform of its own: it holds kinds, desks and who may ask."""
    mine = Platform(f"tra{os.getpid()}")
    local.up(mine, fsync=False)
    try:
        yield mine
    finally:
        for code in ("H26", "H29"):
            config_file(tenants_stack(mine, code)).unlink(missing_ok=True)
        local.reset(mine)


@pytest.fixture(scope="module")
def people(platform, tmp_path_factory):
    """Give a folder of kubeconfigs, `an-h26` and so on: three people at each of two desks."""
    folder = tmp_path_factory.mktemp("people")
    call(operator.app, "install", "--name", platform.name)
    for code in ("H26", "H29"):
        words = ("--officer", "a.b@hanoi.gov.vn", "--name", platform.name)
        call(operator.app, "desk", code, *words)
        for person, group in GROUPS.items():
            name = f"{person}-{code.lower()}"
            platform.client_kubeconfig(name, [f"oidc:{code.lower()}-{group}"], folder / name)
    return folder


def call(app, *arguments):
    found = CliRunner().invoke(app, list(map(str, arguments)))
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert found.exit_code == 0, found.output
    return found.stdout


def say(people, who, verb, request, *words):
    agency = who.partition("-")[2].upper()
    given = (request, "--agency", agency, "--kubeconfig", people / who)
    return call(tenant.app, verb, *given, *words)


def agree(people, code, request):
    say(people, f"binh-{code}", "approve", request, "--role", "head")
    say(people, f"chi-{code}", "approve", request, "--role", "security-officer")


def get(platform, path):
    status, body = as_admin(platform).ask("GET", path)
    return json.loads(body) if status == 200 else {}


def put_in(platform):
    """Put in what must stay, and a right of the old agency that nobody builds."""
    person = {"kind": "User", "name": "oidc:an", "apiGroup": "rbac.authorization.k8s.io"}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
    things = {
        f"/api/v1/namespaces/{NAME}/configmaps": {"data": {"colour": "blue"}},
        RBAC: {"subjects": [person], "roleRef": role},
    }
    for path, body in things.items():
        status, said = as_admin(platform).ask("POST", path, {"metadata": {"name": "web"}, **body})
        assert status == 201, said
    return identities(platform)


def identities(platform):
    paths = (f"/api/v1/namespaces/{NAME}", f"/api/v1/namespaces/{NAME}/configmaps/web")
    return [get(platform, path)["metadata"]["uid"] for path in paths]


class Operator:
    """An operator that may be killed and begun again."""

    def __init__(self, platform):
        self.platform, self.health, self.running = platform, Health(bytes, ready=lambda: "no"), None

    async def start(self):
        ready = asyncio.Event()
        setting = Setting(health=self.health)
        self.running = asyncio.create_task(serve(self.platform, ready=ready, setting=setting))
        await ready.wait()

    async def stop(self):
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)

    async def until(self, path, wanted):
        while True:
            assert not self.running.done(), self.running.exception()
            found = await asyncio.to_thread(get, self.platform, path)
            if found and wanted(found):
                return found
            assert (found.get("status") or {}).get("phase") != "Failed", json.dumps(found["status"])
            await asyncio.sleep(0.1)


def phase(word):
    return lambda thing: (thing.get("status") or {}).get("phase") == word


def reason(word):
    def says(thing):
        said = (thing.get("status") or {}).get("conditions", ())
        return any(each["reason"] == word for each in said)

    return says


def test_tenant_is_handed_on_with_all_it_holds_and_its_old_people_stay_behind(
    platform, people, monkeypatch
):
    monkeypatch.setattr(asking, "PATIENCE_SECONDS", 60.0)
    (people / "portal.yaml").write_text(yaml.safe_dump(request_of(level=2)), "utf-8")

    seen = asyncio.run(asyncio.wait_for(handed(platform, people), 400))

    assert seen["after"] == seen["before"]
    assert seen["ready"] == ["no", ""]
    labels = get(platform, f"/api/v1/namespaces/{NAME}")["metadata"]["labels"]
    new, old = (tenants_stack(platform, code) for code in ("H29", "H26"))
    assert (labels["sen.gov.vn/agency"], labels["sen.gov.vn/stack"]) == ("H29", new)
    bindings = {each["metadata"]["name"]: each for each in get(platform, RBAC)["items"]}
    assert set(bindings) == {"tenant-admin"}
    (group,) = bindings["tenant-admin"]["subjects"]
    assert group["name"] == "oidc:h29-portal-admins"
    states = {each: known(Stack(each, environment(platform))) for each in (old, new)}
    inside = {each: sum(NAME in one for one in state) for each, state in states.items()}
    assert inside[old] == 0
    assert inside[new] > 5
    records = list(chain_of(platform).records())
    (act,) = [each for each in records if each.act == "tenant.transfer"]
    assert (act.data["from"], act.data["to"], act.about) == ("H26", "H29", NAME)
    assert {"tenant.offer", "tenant.access-ends"} <= {each.act for each in records}
    assert verify(chain_of(platform).lines()).sound


async def handed(platform, people):
    """Let two agencies agree while the operator is killed on the way; give what was seen."""
    one, seen = Operator(platform), {}
    before = one.health.ready()
    await one.start()
    try:
        await built(one, people)
        seen["ready"] = [before, one.health.ready()]
        seen["before"] = await asyncio.to_thread(put_in, platform)
        await agreed(one, people)
        await one.stop()
        await one.start()
        await one.until(THEIRS, phase("Ready"))
        for each in (MINE, AT.format("h26", "tenantrequests") + f"/{REQUEST}"):
            await one.until(each, phase("Transferred"))
        seen["after"] = await asyncio.to_thread(identities, platform)
        return seen
    finally:
        await one.stop()


async def built(one, people):
    words = (people / "portal.yaml", "--kubeconfig", people / "an-h26")
    await asyncio.to_thread(call, tenant.app, "request", *words)
    await asyncio.to_thread(agree, people, "h26", REQUEST)
    await one.until(MINE, phase("Ready"))


async def agreed(one, people):
    """Offer and accept it; come back once the other agency has the object."""
    await asyncio.to_thread(say, people, "an-h26", "transfer", REQUEST, "--to", "H29")
    await asyncio.to_thread(agree, people, "h26", REQUEST)
    offer = AT.format("h29", "tenantrequests") + f"/{NAME}"
    await one.until(offer, reason("TransferWaits"))
    words = ("--budget-code", "H29-2026-001", "--admins", "h29-portal-admins")
    words += ("--officer", "an.le@tphcm.gov.vn", "--unit", "Sở Khoa học và Công nghệ")
    await asyncio.to_thread(say, people, "an-h29", "accept", NAME, *words)
    await asyncio.to_thread(agree, people, "h29", NAME)
    await one.until(THEIRS, lambda thing: thing["spec"]["taken"])
