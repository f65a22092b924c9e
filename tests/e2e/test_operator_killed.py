"""The real operator is killed in the middle of a real run, begun again, and nothing is doubled."""

from __future__ import annotations

import collections
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sen.cli import operator
from sen.evidence.place import chain_of
from sen.runs.cluster import labelled
from sen.runs.environment import environment
from sen.runs.recover import known
from sen.runs.settings import config_file, tenants_stack
from sen.runs.stack import Stack
from sen.tenancy.asking import Decided, Door
from sen.tenancy.desk import desk_of
from stacks.components.manifest import STACK_LABEL
from stacks.models.tenant import TenantRequest
from tests.e2e.conftest import _end
from tests.platform_fixture import as_admin
from tests.request_of import request_of

pytestmark = [pytest.mark.platform, pytest.mark.toolchain, pytest.mark.xdist_group("platform")]

AGENCY = "H29"
GROUPS = {"an": "h29-requesters", "binh": "h29-heads", "chi": "h29-security-officers"}
SLUGS = ("tax", "land", "health")
SEN = str(Path(sys.executable).parent / "sen")


@pytest.fixture
def people(platform, baseline, tmp_path, monkeypatch):
    """A desk and three people at it; what was built is gone afterwards."""
    monkeypatch.setattr("sen.tenancy.asking.PATIENCE_SECONDS", 120.0)  # kinds are new here
    for words in (("install",), ("desk", AGENCY, "--officer", "a.b@tphcm.gov.vn")):
        found = CliRunner().invoke(operator.app, [*words, "--name", platform.name])
        assert found.exit_code == 0, found.output
    yield {
        person: Door(platform.client_kubeconfig(person, [f"oidc:{group}"], tmp_path / person), None)
        for person, group in GROUPS.items()
    }
    name = tenants_stack(platform, AGENCY)
    if config_file(name).exists():
        _end(Stack(name, environment(platform)))


@contextmanager
def operating(platform, log):
    words = [SEN, "operator", "run", "--name", platform.name, "--log-format", "json"]
    with log.open("wb") as file:
        process = subprocess.Popen(words, stdout=file, stderr=file, env=os.environ)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def until(process, log, true):
    """Wait until something is true, as long as the operator lives."""
    while not true():
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(0.2)
            pytest.fail(f"the operator ended with {code}: {log.read_text('utf-8')[-3000:]}")


def ask_and_approve(people):
    for slug in SLUGS:
        people["an"].ask(TenantRequest.model_validate(request_of(AGENCY, slug, level=2)))
        for person, role in (("binh", "head"), ("chi", "security-officer")):
            people[person].decide(AGENCY, f"{slug}-staging", Decided(role, "approve"))


def told(platform):
    """Give the reasons of all events at the desk."""
    path = f"/apis/events.k8s.io/v1/namespaces/{desk_of(AGENCY)}/events"
    return {each["reason"] for each in json.loads(as_admin(platform).ask("GET", path)[1])["items"]}


def test_killed_in_a_run_and_begun_again_all_is_ready_and_nothing_doubled(
    platform, people, tmp_path
):
    chain = chain_of(platform)
    ask_and_approve(people)

    def acts(name):
        return [each for each in chain.records() if each.act == name]

    stack, log = tenants_stack(platform, AGENCY), tmp_path / "log"
    with operating(platform, log) as first:
        until(first, log, lambda: any(each.about == stack for each in acts("run.start")))
        first.kill()

    with operating(platform, log) as second:

        def ready():
            phases = {
                each["spec"]["system"]["slug"]: each.get("status", {}).get("phase")
                for each in people["an"].requests(AGENCY)  # and what other tests left at this desk
            }
            return {slug: phases.get(slug) for slug in SLUGS} == dict.fromkeys(SLUGS, "Ready")

        until(second, log, ready)

    assert {"Priced", "Approved", "Built"} <= told(platform)
    tenants = {f"h29-{slug}-staging" for slug in SLUGS}
    grants = [each.about for each in acts("tenant.grant") if each.about in tenants]
    assert collections.Counter(grants) == dict.fromkeys(tenants, 1)
    there = labelled(platform.kubeconfig, platform.context, f"{STACK_LABEL}={stack}")
    assert {each.name for each in there if each.kind == "Namespace"} == tenants
    in_state = known(Stack(stack, environment(platform)))
    assert {each.id for each in there} == in_state
    assert len(in_state) == 3 * 9
    last = [each for each in acts("run.end") if each.about == stack][-1]
    assert last.data["result"] == "ok"
    assert last.data["plan"] in {each.data["plan"] for each in acts("run.start")}
