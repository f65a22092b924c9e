"""The whole path on a real API server: one asks, two agree, a governed namespace stands."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from sen.cli import operator, tenant
from sen.errors import RefusedError
from sen.local.platform import Platform
from sen.operator.serve import serve
from sen.runs.environment import environment
from sen.runs.settings import config_file, tenants_stack
from sen.runs.stack import Stack
from tests.e2e.conftest import _end
from tests.platform_fixture import as_admin
from tests.request_of import request_of

pytestmark = [pytest.mark.platform, pytest.mark.toolchain, pytest.mark.xdist_group("platform")]

PEOPLE = {
    "an": "h44-requesters",
    "binh": "h44-heads",
    "chi": "h44-security-officers",
    "dung": "h29-heads",
}


@pytest.fixture
def desk(platform: Platform, baseline: Stack, tmp_path: Path) -> Iterator[Path]:
    """A desk that no other test builds for, and four people; what was built is gone afterwards."""
    call(operator.app, "install", "--name", platform.name)
    call(operator.app, "desk", "H44", "--officer", "a.b@hanoi.gov.vn", "--name", platform.name)
    for person, group in PEOPLE.items():
        platform.client_kubeconfig(person, [f"oidc:{group}"], tmp_path / person)
    yield tmp_path
    name = tenants_stack(platform, "H44")
    if config_file(name).exists():
        _end(Stack(name, environment(platform)))


def call(app, *arguments):
    found = CliRunner().invoke(app, list(map(str, arguments)))
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert found.exit_code == 0, found.output
    return found.stdout


def requests(folder):
    rows = call(
        tenant.app, "requests", "--agency", "H44", "--kubeconfig", folder / "an", "-o", "json"
    )
    return {each["request"]: each for each in json.loads(rows)}


def decide(folder, person, role, *words):
    return call(
        tenant.app,
        *(words or ("approve",)),
        "portal-staging",
        *("--agency", "H44", "--role", role, "--kubeconfig", folder / person),
    )


def test_one_asks_two_agree_and_a_governed_namespace_stands(platform, desk):
    (desk / "portal.yaml").write_text(yaml.safe_dump(request_of("H44", level=2)), "utf-8")
    assert "VND/month; to decide: head, security-officer" in call(
        tenant.app, "request", desk / "portal.yaml", "--kubeconfig", desk / "an"
    )

    waiting, built = asyncio.run(asyncio.wait_for(live(platform, desk), 180))

    assert waiting["waits_for"] == "head, security-officer"
    assert (built["requested_by"], built["waits_for"]) == ("an", "")
    _, body = as_admin(platform).ask("GET", "/api/v1/namespaces/h44-portal-staging")
    assert json.loads(body)["metadata"]["labels"]["sen.gov.vn/level"] == "2"


async def live(platform, desk):
    """Let the operator run while people decide; give the request before and after."""
    ready = asyncio.Event()
    running = asyncio.create_task(serve(platform, ready=ready))
    try:
        await ready.wait()
        waiting = await phase(desk, running, "Pending")
        await asyncio.to_thread(people_decide, desk)
        return waiting, await phase(desk, running, "Ready")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def people_decide(desk):
    """Each tries what is not theirs, then those who may decide do."""
    with pytest.raises(RefusedError, match="cannot get resource"):
        decide(desk, "dung", "head")
    with pytest.raises(RefusedError, match="cannot create resource"):
        decide(desk, "an", "head")
    with pytest.raises(RefusedError, match="you do not hold the role"):
        decide(desk, "binh", "security-officer")
    decide(desk, "binh", "head")
    decide(desk, "chi", "security-officer")


async def phase(desk, running, wanted):
    """Wait until the request is in a phase; a failure is told at once."""
    while True:
        assert not running.done(), running.exception()
        row = (await asyncio.to_thread(requests, desk)).get("portal-staging", {})
        assert row.get("phase") != "Failed", row
        if row.get("phase") == wanted:
            return row
        await asyncio.sleep(0.1)
