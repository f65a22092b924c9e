"""The release at work on a governed cluster: its accounts, its words, its variables.

No container runs on the simulated nodes: each pod is a process with what its manifest gives it, and
the test plays the kubelet of a run's Job.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import subprocess
import time
from contextlib import suppress

import httpx
import pytest
import yaml
from cryptography.fernet import Fernet
from kubernetes.client.exceptions import ApiException
from typer.testing import CliRunner

from sen import local
from sen.cli import operator, tenant
from sen.evidence.bucket import LockedBucket
from sen.evidence.place import KEEP
from sen.evidence.verification import verify
from sen.local.buckets import client
from sen.local.platform import Platform
from sen.operator.job import ORDER_FILE
from sen.operator.rest import Rest
from sen.operator.site import MachineSite
from sen.runs.environment import environment
from sen.runs.settings import config_file, write_baseline
from sen.runs.stack import Stack
from sen.tenancy.desk import desk_of
from sen.tenancy.enforcing import wait_until_enforced
from sen.tenancy.installing import install
from sen.tenancy.life import deposit
from tests.charts import snapshots
from tests.charts.pod import SEN, Pod, kubectl
from tests.charts.rendering import CHART, NAMESPACE, rendered
from tests.request_of import request_of

pytestmark = [pytest.mark.platform, pytest.mark.toolchain, pytest.mark.xdist_group("chart")]
AN, BINH, CHI = "an.nguyen@hanoi.gov.vn", "binh.tran@hanoi.gov.vn", "chi.le@hanoi.gov.vn"
GIANG = "giang.vo@tphcm.gov.vn"
ROLES = {AN: "h26-requesters", BINH: "h26-heads", CHI: "h26-security-officers"}
NAME = "h26-portal-staging"
DESK = f"/apis/sen.gov.vn/v1alpha1/namespaces/{desk_of('H26')}"
MOST_SECONDS = 300.0
MERGE = "application/merge-patch+json"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"


@pytest.fixture(scope="module")
def cluster(tools):
    """A platform of its own with the baseline, whose policies judge what the chart brings."""
    mine = Platform(f"pod{os.getpid()}")
    local.up(mine, fsync=False)
    baseline = Stack(write_baseline(mine), environment(mine), policies=False)
    try:
        baseline.ensure()
        baseline.up()
        kinds = list(yaml.safe_load_all((CHART / "crds" / "sen.gov.vn.yaml").read_text()))
        install(mine.kubeconfig, mine.context, kinds)
        release = [one for one in rendered() if one["kind"] != "Deployment"]
        install(mine.kubeconfig, mine.context, release)
        wait_until_enforced(mine.kubeconfig, mine.context)
        call(operator.app, "desk", "H26", "--officer", "a.b@hanoi.gov.vn", "--name", mine.name)
        yield mine
    finally:
        config_file(baseline.name).unlink(missing_ok=True)
        config_file(f"tenants-h26-{mine.name}").unlink(missing_ok=True)
        local.reset(mine)


def call(app, *words):
    found = CliRunner().invoke(app, list(map(str, words)))
    assert found.exit_code == 0, (found.output, found.exception)
    return found.stdout


@pytest.fixture(scope="module")
def rest(cluster):
    return Rest(MachineSite(cluster).api())


@pytest.fixture(scope="module")
def people(cluster, tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    for person, group in ROLES.items():
        cluster.client_kubeconfig(f"oidc:{person}", [f"oidc:{group}"], folder / person)
    return folder


@pytest.fixture(scope="module")
def agreed(people):
    """One asks at Ha Noi's desk, two agree."""
    (people / "portal.yaml").write_text(yaml.safe_dump(request_of(level=2)), "utf-8")
    call(tenant.app, "request", people / "portal.yaml", "--kubeconfig", people / AN)
    for person, role in ((BINH, "head"), (CHI, "security-officer")):
        words = ("--agency", "H26", "--role", role, "--kubeconfig", people / person)
        call(tenant.app, "approve", "portal-staging", *words)


def until(pod, process, ask):
    """Wait for what is asked for, as long as the process lives."""
    end = time.monotonic() + MOST_SECONDS
    while not (found := ask()):
        assert time.monotonic() < end, (conditions(Rest(MachineSite(pod.cluster).api())), pod.log)
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"ended with {process.wait(0.3)}: {pod.log}")
    return found


def kubelet(pod, rest, made):
    """Do what the pod of a run would do, with its own account, and say so in its status."""
    spec = made["spec"]
    container = spec["containers"][0]
    name = next(each for each in spec["volumes"] if each["name"] == "order")["secret"]["secretName"]
    secret = rest.ask("GET", f"/api/v1/namespaces/{NAMESPACE}/secrets/{name}")
    order = pod.folder / ORDER_FILE
    order.write_bytes(base64.b64decode(secret["data"][ORDER_FILE]))
    words = [*container["args"][:-1], str(order)]
    variables = pod.variables([each for each in container["env"] if "value" in each])
    done = subprocess.run([SEN, *words], env=variables, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    ended = {"exitCode": done.returncode, "message": done.stdout.splitlines()[-1][:4096]}
    status = {"name": "run", "state": {"terminated": ended}, "image": "", "imageID": ""}
    home = f"{PODS}/{made['metadata']['name']}"
    found = rest.ask("GET", home)
    found["status"] |= {
        "phase": "Failed" if done.returncode else "Succeeded",
        "containerStatuses": [{**status, "ready": False, "restartCount": 0}],
    }
    rest.ask("PUT", f"{home}/status", found)
    return json.loads(ended["message"])


def conditions(rest):
    """Give the tenant's conditions, by type."""
    items = rest.ask("GET", f"{DESK}/tenants")["items"]
    found = [each for one in items for each in (one.get("status") or {}).get("conditions", ())]
    return {each["type"]: each for each in found}


def looked_at(told):
    """Give what is said of a namespace that was there when somebody looked."""
    return told if told and told["reason"] != "NotSeen" else None


def next_run(rest, pod):
    """Give the pod of a run that nobody has carried out yet."""
    label = {"labelSelector": f"sen.gov.vn/run-of=tenants-h26-{pod.cluster.name}"}
    over = {"Succeeded", "Failed"}
    items = rest.ask("GET", PODS, **label)["items"]
    return next((each for each in items if each["status"].get("phase") not in over), None)


def says(rest, kind, status):
    """Ask whether a condition is so, of the tenant as its spec is now."""
    (tenant,) = rest.ask("GET", f"{DESK}/tenants")["items"] or [{"metadata": {"generation": 0}}]
    found = conditions(rest).get(kind, {})
    is_new = found.get("observedGeneration", 0) >= tenant["metadata"]["generation"]
    return found.get("status") == status and is_new


@pytest.fixture(scope="module")
def pods(cluster, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pods")
    return Pod(cluster, "operator", folder / "operator", cluster.name), Pod(
        cluster, "run", folder / "run", cluster.name
    )


@pytest.fixture(scope="module")
def built(cluster, rest, agreed, pods):
    """What was agreed to is built; give what was seen of it."""
    one, run = pods
    with one.running() as process:
        made = until(one, process, lambda: next_run(rest, one))
        outcome = kubelet(run, rest, made)
        assert outcome["error"] == "", outcome
        until(one, process, lambda: says(rest, "Ready", "True"))
    with one.running() as process:  # whoever leads anew looks at all tenants at once
        told = until(one, process, lambda: looked_at(conditions(rest).get("Compliant")))
        ready = httpx.get(f"http://127.0.0.1:{one.port}/readyz", trust_env=False)
    return {"pod": made, "told": told, "ready": ready.status_code, "log": one.log}


def chain_lines(cluster):
    chain = MachineSite(cluster).chain().path.parent.parent / "claim" / "evidence" / "chain.jsonl"
    return chain.read_bytes().splitlines(keepends=True)


def test_what_two_agree_to_is_built_by_a_job_and_judged(cluster, rest, built):
    told = built["told"]
    assert built["pod"]["spec"]["serviceAccountName"] == "sen-run"
    assert (told["status"], told["reason"]) == ("True", "RulesKept"), told
    assert built["ready"] == 200
    waivers = rest.ask("GET", "/api/v1/namespaces/kube-system")["metadata"]["annotations"]
    assert "sen.gov.vn/waivers-day" in waivers
    assert "forbidden" not in built["log"].casefold()
    lines = chain_lines(cluster)
    acts = [json.loads(each)["act"] for each in lines]
    assert verify(lines).sound
    assert {"tenant.grant", "run.start", "run.end", "tenant.build"} <= set(acts)


@pytest.fixture
def filled(cluster, built, tmp_path):
    """The tenant holds a volume, a secret, a dump hook; the cluster takes snapshots."""
    snapshots.apply(cluster, tmp_path, snapshots.definitions())
    names = [each["metadata"]["name"] for each in snapshots.definitions()]
    for each in names:
        kubectl(cluster, "wait", "--for=condition=Established", f"crd/{each}", "--timeout=60s")
    secret = {"k": base64.b64encode(b"geheim").decode()}
    meta = {"name": "password", "namespace": NAME}
    things = [
        snapshots.snapshot_class(),
        *snapshots.volume(NAME),
        snapshots.hook(NAME),
        {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "data": secret},
    ]
    snapshots.apply(cluster, tmp_path, things)
    claim = ("pvc/data", "-n", NAME)
    kubectl(cluster, "wait", "--for=jsonpath={.status.phase}=Bound", *claim, "--timeout=60s")


def last_day(rest, days):
    """Let so many days have passed since the tenant's last one."""
    last = dt.date.today() - dt.timedelta(days=days)
    spec = {"starts": str(last - dt.timedelta(days=30)), "ends": str(last)}
    rest.ask("PATCH", f"{DESK}/tenants/{NAME}", {"spec": spec}, content=MERGE)


def rested(rest, days):
    """Let so many days have passed since it was suspended."""
    tenant = rest.ask("GET", f"{DESK}/tenants/{NAME}")
    since = dt.date.today() - dt.timedelta(days=days)
    for each in tenant["status"]["conditions"]:
        if each["type"] == "Suspended":
            each["lastTransitionTime"] = f"{since}T00:00:00Z"
    rest.ask("PUT", f"{DESK}/tenants/{NAME}/status", tenant)


def is_gone(rest):
    try:
        rest.ask("GET", f"/api/v1/namespaces/{NAME}")
    except ApiException as error:
        return error.status == 404
    return False


def meanwhile(rest, pods, wanted):
    """Play what is not there, nodes and the driver of a volume, until it is as wanted."""
    one, run = pods
    if made := next_run(rest, one):
        outcome = kubelet(run, rest, made)
        assert outcome["error"] == "", outcome
    with suppress(ApiException):
        snapshots.snap(rest, NAME)
    return says(rest, wanted, "True")


def test_tenant_is_ended_by_the_accounts_of_the_chart_alone(cluster, rest, filled, pods):
    one = pods[0]
    last_day(rest, 1)
    with one.running() as process:
        until(one, process, lambda: meanwhile(rest, pods, "Suspended"))
        # The last day moves again here, and a dump of another day is none of it.
        kubectl(cluster, "wait", "--for=condition=Complete", "job", "--all", "-n", NAME)
        kubectl(cluster, "label", "cronjob", "dump", "-n", NAME, "sen.gov.vn/export-hook-")
        last_day(rest, 60)
        until(one, process, lambda: meanwhile(rest, pods, "Suspended"))
        rested(rest, 50)
        until(one, process, lambda: meanwhile(rest, pods, "Offboarded"))

    assert is_gone(rest)
    acts = {each["act"]: each for each in map(json.loads, chain_lines(cluster))}
    handed, left = acts["tenant.export"]["data"], acts["tenant.offboard"]["data"]
    assert handed["volumes"][0]["handle"] == "snap-1"
    assert handed["missing"] == [
        "Secret: not listed; named are those that other objects refer to",
    ]
    bucket = LockedBucket(client(cluster), cluster.evidence_bucket, KEEP)
    assert all(deposit.verified(bucket, handed["prefix"]).values())
    assert '"password"' in bucket.get(f"{handed['prefix']}/secrets.json").decode()
    jobs = [key for key in bucket.keys(handed["prefix"]) if "/batch_v1_Job/sen-" in key]
    assert len(jobs) == 1  # the dump, which the account started
    assert json.loads(bucket.get(f"{handed['prefix']}/report.json"))["sha256"] == left["sha256"]
    bucket.s3.close()
    assert verify(chain_lines(cluster)).sound


def test_portal_shows_people_what_they_may_see_and_no_more(cluster, agreed, tmp_path):
    pod = Pod(cluster, "portal", tmp_path / "portal")
    key, home = pod.folder / "key", f"http://127.0.0.1:{pod.port}"
    key.write_bytes(Fernet.generate_key())
    words = (f"--url={home}", "--dev-login", f"--key-file={key}")
    desk = {}
    with pod.running(*words) as process:
        until(pod, process, lambda: answers(f"{home}/readyz"))
        for person in (AN, GIANG):
            with httpx.Client(base_url=home, trust_env=False) as browser:
                form = {"person": person, "next": "/"}
                entered = browser.post("/login/dev", data=form, headers={"Origin": home})
                assert entered.status_code == 303
                desk[person] = browser.get("/requests/H26/portal-staging").status_code

    assert desk == {AN: 200, GIANG: 404}, pod.log  # nor is it told that there is one


def answers(url):
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
