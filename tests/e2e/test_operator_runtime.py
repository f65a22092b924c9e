"""The operator's runtime on a real API server: a run as a Job, drift put back, a leader replaced.

No container runs on the simulated nodes. The Job's controller is the real one; the test plays the
kubelet: it carries the order out by the very entry point of the image, as a process, and writes
what it said into the pod's status.
"""

from __future__ import annotations

import base64
import datetime as dt
import os
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from sen.cli import operator
from sen.operator.drift import Drift, path_of
from sen.operator.events import Events
from sen.operator.job import ORDER_FILE, TEMPLATE, Template
from sen.operator.job_runner import JobRunner
from sen.operator.metrics import Metrics
from sen.operator.rest import NOT_FOUND, Rest
from sen.operator.runs import Runs
from sen.operator.site import MachineSite
from sen.runs.environment import environment
from sen.runs.settings import config_file, tenants_stack
from sen.runs.stack import Stack
from tests.e2e.conftest import _end
from tests.sen.operator.test_drift import tenant

pytestmark = [pytest.mark.platform, pytest.mark.toolchain, pytest.mark.xdist_group("platform")]

AGENCY, NAME = "H15", "h15-portal-staging"
IMAGE = f"registry.gov.vn/sen/sen@sha256:{'a' * 64}"
SEN = str(Path(sys.executable).parent / "sen")
LEASE = "/apis/coordination.k8s.io/v1/namespaces/sen-system/leases/sen-operator"


@pytest.fixture
def site(platform, baseline):
    found = CliRunner().invoke(operator.app, ["install", "--name", platform.name])
    assert found.exit_code == 0, found.output
    return MachineSite(platform)


@pytest.fixture
def rest(site):
    return Rest(site.api())


@pytest.fixture
def template(rest, tmp_path):
    """The chart's Job, for a node that is not there: kwok leaves its pod to the test.

    It carries what the chart adds, or our own admission refuses it.
    """
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "sen-run"}}
    account["automountServiceAccountToken"] = False
    rest.ask("POST", "/api/v1/namespaces/sen-system/serviceaccounts", account)
    job = yaml.safe_load(TEMPLATE.read_text("utf-8"))
    pod = job["spec"]["template"]
    pod["spec"]["nodeSelector"] = {"sen.gov.vn/test": "nowhere"}
    attested = dict.fromkeys(("sbom", "signature", "check"), f"oci://{IMAGE}")
    said = {**attested, "uses-api": "builds what was approved"}
    pod["metadata"]["annotations"] = {f"sen.gov.vn/{key}": each for key, each in said.items()}
    file = tmp_path / "job.yaml"
    file.write_text(yaml.safe_dump(job))
    return Template("sen-system", file, image=IMAGE)


def build(runs, tenants):
    """Build in a thread; give the thread, and where its error will be."""
    errors = []

    def work():
        try:
            runs.build(AGENCY, tenants)
        except Exception as error:  # noqa: BLE001 - told by the test
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread, errors


def first(thread, errors, ask):
    """Wait for the first of what is asked for, as long as the run lives."""
    while not (found := ask()["items"]):
        thread.join(0.2)
        assert thread.is_alive(), errors
    return found[0]


def kubelet(site, rest, pod, tmp_path):
    """Do what the pod of a run would do, and say so in its status."""
    home = f"/api/v1/namespaces/sen-system/pods/{pod['metadata']['name']}"
    spec = pod["spec"]
    name = next(each for each in spec["volumes"] if each["name"] == "order")["secret"]["secretName"]
    secret = rest.ask("GET", f"/api/v1/namespaces/sen-system/secrets/{name}")
    order = tmp_path / ORDER_FILE
    order.write_bytes(base64.b64decode(secret["data"][ORDER_FILE]))
    words = [*spec["containers"][0]["args"][:-1], str(order)]
    done = subprocess.run(
        [SEN, *words],
        env={**os.environ, **site.variables()},
        capture_output=True,
        text=True,
        check=False,
    )
    message = done.stdout.splitlines()[-1][:4096]
    ended = {"exitCode": done.returncode, "message": message}
    status = {"name": "run", "state": {"terminated": ended}, "image": "", "imageID": ""}
    status |= {"ready": False, "restartCount": 0}
    found = rest.ask("GET", home)
    found["status"] |= {
        "phase": "Failed" if done.returncode else "Succeeded",
        "containerStatuses": [status],
    }
    rest.ask("PUT", f"{home}/status", found)


def test_run_as_a_job_builds_a_tenant_and_drift_is_put_back(site, rest, template, tmp_path):
    acts, metrics = [], Metrics()
    runs = Runs(site, JobRunner(rest, template), acts.append, metrics)
    mine = tenant(agency=AGENCY)
    stack = Stack(tenants_stack(site.platform, AGENCY), environment(site.platform))
    label = {"labelSelector": f"sen.gov.vn/run-of={stack.name}"}
    try:
        thread, errors = build(runs, [mine])
        pods = "/api/v1/namespaces/sen-system/pods"
        kubelet(site, rest, first(thread, errors, lambda: rest.ask("GET", pods, **label)), tmp_path)
        thread.join()

        assert errors == []
        assert [each.name for each in acts] == ["run.start", "run.end"]
        assert acts[1].data["result"] == "ok"
        assert acts[1].data["changes"]["created"] >= 9
        assert acts[0].data["plan"] == acts[1].data["plan"]
        assert rest.ask("GET", f"/api/v1/namespaces/{NAME}")["status"]["phase"] == "Active"
        acts.clear()
        edit_and_put_back(site, rest, mine, acts)
        stack.preview("--expect-no-changes")
    finally:
        if config_file(stack.name).exists():
            _end(stack)


def edit_and_put_back(site, rest, mine, acts):
    events = Events(rest, "test", lambda: dt.datetime.now(dt.UTC), lambda: None)
    drift = Drift(rest, site.stack, acts.append, events, Metrics(), site.audit_log)
    drift.learn(mine)
    assert drift.put_back(NAME) == 0, "what a run has made is no drift"
    wanted = {each["kind"]: each for each in drift._wanted(mine).values()}
    quota, policy = wanted["ResourceQuota"], path_of(wanted["NetworkPolicy"])
    change = {"spec": {"hard": {"requests.cpu": "999"}}}
    merge = "application/merge-patch+json"
    rest.ask("PATCH", path_of(quota), change, content=merge, fieldManager="kubectl-edit")
    unmark = {"metadata": {"labels": {"app.kubernetes.io/part-of": None}}}
    rest.ask("PATCH", f"/api/v1/namespaces/{NAME}", unmark, content=merge)
    rest.ask("DELETE", policy)

    assert drift.put_back(NAME) == 3

    hard = rest.ask("GET", path_of(quota))["spec"]["hard"]
    assert hard["requests.cpu"] == quota["spec"]["hard"]["requests.cpu"]
    assert rest.ask("GET", policy)["spec"]["policyTypes"]
    assert rest.ask("GET", f"/api/v1/namespaces/{NAME}")["metadata"]["labels"][
        "app.kubernetes.io/part-of"
    ]
    assert {each.name for each in acts} == {"tenant.drift"}
    assert all(each.by != "unknown" for each in acts), [each.by for each in acts]


@contextmanager
def operating(platform):
    process = subprocess.Popen(
        [SEN, "operator", "run", "--name", platform.name, "--replicas-elect"],
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def holder(rest):
    try:
        return rest.ask("GET", LEASE)["spec"].get("holderIdentity", "")
    except Exception as error:
        if getattr(error, "status", 0) != NOT_FOUND:
            raise
        return ""


def until(process, true):
    while not (found := true()):
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"the operator ended with {process.wait(0.3)}")
    return found


def test_second_operator_takes_over_when_the_first_is_killed(site, rest):
    with operating(site.platform) as one:
        first_holder = until(one, lambda: holder(rest))
        with operating(site.platform) as two:
            one.kill()
            second = until(two, lambda: (now := holder(rest)) != first_holder and now)

            assert second
            assert rest.ask("GET", LEASE)["spec"]["leaseTransitions"] >= 1
        assert holder(rest) == "", "one that ends in order gives the lease back"
