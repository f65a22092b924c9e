"""Waivers, transitions and refusals as a real API server carries them out, beside plan and live."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from policies.finding import Gate, Verdict
from policies.gates.admission import policy_objects
from policies.gates.admission_waiver import ANNOTATION, DAY_ANNOTATION, record
from policies.gates.planned import PlanGate
from policies.judge import Judge
from policies.rule import Rule, Transition
from policies.sample import base
from policies.surroundings import Surroundings
from policies.waiver import Register, Waiver, waived
from tests.policies.api_server import (
    MARK,
    RUN,
    Answer,
    ApiServer,
    for_our_objects_only,
    marked,
    wait_until_none,
)
from tests.policies.homes import RULES, rule_like
from tests.policies.proxies import resource, stack

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("admission")]

TODAY = datetime.now(UTC).date()
DAY = timedelta(1)
ME = f"{RUN}-w"
HOME, OTHER, RECORD = f"{ME}-home", f"{ME}-other", f"{ME}-record"
APPLY = "application/apply-patch+yaml"
OWN = ("no-host-path", "no-host-namespace", "no-public-service", "no-admin-for-tenants")


def in_transition(since: date, deny_from: date) -> Rule:
    """Give a rule about Services that is new: it needs a port's name."""
    return rule_like(
        "no-public-service",
        id=f"named-ports-{(since - TODAY).days + 900}-{(deny_from - TODAY).days + 900}",
        variables={},
        parameters={},
        levels={"1-5": "deny"},
        transition=Transition(since=since, deny_from=deny_from),
        expression="object.spec.ports.all(p, has(p.name))",
    )


WARNS = in_transition(TODAY + DAY, TODAY + DAY)
IS_NEW = in_transition(TODAY, TODAY + DAY)
IS_OVER = in_transition(TODAY + DAY, TODAY)
CHOSEN = (*(RULES[each] for each in OWN), WARNS, IS_NEW, IS_OVER)


@pytest.fixture(scope="module")
def server(platform: Any) -> Iterator[ApiServer]:
    server = ApiServer(str(platform.kubeconfig), platform.context)

    def asked(one: Any) -> Answer:
        return ask(server, one)

    try:
        for name in (HOME, OTHER, RECORD):
            labels = {"sen.gov.vn/level": "3"}
            server.make(thing("v1", "Namespace", name, labels=labels))
            if name != RECORD:
                server.make(thing("v1", "ServiceAccount", "default"), name)
                server.make(thing("v1", "ServiceAccount", "web"), name)
        for each in policy_objects(CHOSEN, ME, RECORD):
            server.make(for_our_objects_only(each))
        wait_until_none(lambda: [str(a) for a in map(asked, PROBES) if not a.refused_by])
        yield server
    finally:
        server.clean()


@pytest.fixture
def sync(server: ApiServer) -> Iterator[Any]:
    """Write a record, and wait until the policies see it: a mark of its own tells."""
    yield lambda *waivers, day=None: _write(server, record(waivers, RECORD, day))
    _write(server, record((), RECORD, None))


def _write(server: ApiServer, wanted: dict[str, Any]) -> None:
    mark = f"{ME}-{datetime.now(UTC).strftime('%H%M%S%f')}"
    line = f"{HOME} /Service {mark} no-public-service 2026-01-01 2999-01-01 5"
    annotations = wanted["metadata"]["annotations"]
    annotations[ANNOTATION] = "\n".join((annotations[ANNOTATION], line)).strip()
    path = f"/api/v1/namespaces/{RECORD}?fieldManager=test&force=true"
    answer = server.call("PATCH", path, wanted, APPLY)
    assert answer.status == 200, answer
    seen = service(mark, type="NodePort")
    wait_until_none(lambda: [] if not ask(server, seen).refused else ["record not seen yet"])


def thing(version: str, kind: str, name: str, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, **metadata}}


def service(name: str = "web", home: str = HOME, **spec: Any) -> dict[str, Any]:
    ports = [{"name": "a", "port": 80}] if spec else [{"port": 80}]
    return {**thing("v1", "Service", name, namespace=home), "spec": {"ports": ports, **spec}}


def admin() -> dict[str, Any]:
    rules = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
    return {**thing("rbac.authorization.k8s.io/v1", "ClusterRole", f"{ME}-role"), "rules": rules}


def bad(
    of: str = "deployment", name: str = "web", home: str = HOME, owner: dict[str, str] | None = None
) -> Any:
    """Give an object whose pods mount a path of the node."""
    found = json.loads(json.dumps(base(of)))
    template = found["spec"].get("template", found)
    template["spec"]["volumes"].append({"name": "x", "hostPath": {"path": "/"}})
    found["metadata"] |= {"name": name, "namespace": home}
    if owner:
        reference = {**owner, "uid": "0a1b", "controller": True}
        found["metadata"]["ownerReferences"] = [reference]
    return found


def bad_twice() -> Any:
    found = bad()
    found["spec"]["template"]["spec"] |= {"hostPID": True, "hostUsers": True}
    return found


PROBES = (bad(), service(), admin())


def waiver(**changed: Any) -> Waiver:
    said = {
        "id": "W-1",
        "rule": "no-host-path",
        "object": {"kind": "apps/Deployment", "namespace": HOME, "name": "web"},
        "level": 3,
        "reason": "the scanner reads its key from the node",
        "owner": "Nguyễn Văn An",
        "approver": "Trần Thị Bình",
        "start": TODAY - 30 * DAY,
        "end": TODAY + 30 * DAY,
        "compensating": "mounted read-only",
    }
    return Waiver.model_validate({**said, **changed})


def about(kind: str, name: str, namespace: str = HOME) -> dict[str, Any]:
    return {"object": {"kind": kind, "namespace": namespace, "name": name}}


def ask(server: ApiServer, one: Any) -> Answer:
    return server.ask(marked(one), one["metadata"].get("namespace", ""))


def home_of(one: Any) -> dict[str, Any]:
    labels = {"sen.gov.vn/level": "3"}
    return thing("v1", "Namespace", one["metadata"].get("namespace", HOME), labels=labels)


def gates(one: Any, register: Register, day: date) -> dict[str, set[tuple[str, str]]]:
    """Give what plan and live say of an object: rule and verdict, passes aside."""
    judge = Judge(CHOSEN, lambda: day)
    gate = PlanGate(judge, register, day)
    home = home_of(one)
    gate.resource(resource(one))
    planned = gate.everything(gate.stack(stack(home, one).resources))
    around = Surroundings([home, one], complete=True)
    listed = waived(judge.findings(around.subject(one), Gate.LIVE), register, day)
    return {name: said(found) for name, found in (("plan", planned), ("live", listed))}


def said(found: Any) -> set[tuple[str, str]]:
    open_ = {Verdict.FAIL, Verdict.WAIVED}
    return {(each.rule, str(each.verdict)) for each in found if each.verdict in open_}


WAIVED_, FAILS = {("no-host-path", "waived")}, {("no-host-path", "fail")}
REPLICA_SET = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-6d4cf56db6"}
JOB = {"apiVersion": "batch/v1", "kind": "Job", "name": "night-29401020"}
COVERED = {
    "itself": (waiver(), bad()),
    "last-day": (waiver(end=TODAY), bad()),
    "first-day": (waiver(start=TODAY), bad()),
    "lower-level": (waiver(level=5, start=TODAY), bad()),
    "pod": (waiver(**about("/Pod", "one")), bad("pod", "one")),
    "pod-of-deployment": (waiver(), bad("pod", "web-6d4cf56db6-x2x9z", owner=REPLICA_SET)),
    "pod-of-cron-job": (
        waiver(**about("batch/CronJob", "night")),
        bad("pod", "night-29401020-abcde", owner=JOB),
    ),
    "pod-of-stateful-set": (
        waiver(**about("apps/StatefulSet", "db")),
        bad("pod", "db-0", owner={"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db"}),
    ),
}
NOT_COVERED = {
    "ended": (waiver(end=TODAY - DAY), bad()),
    "ended-early": (waiver(ended=TODAY), bad()),
    "not-begun": (waiver(start=TODAY + DAY), bad()),
    "higher-level": (waiver(level=2), bad()),
    "other-name": (waiver(), bad(name="web2")),
    "name-begins-alike": (waiver(), bad(name="web-2")),
    "other-namespace": (waiver(), bad(home=OTHER)),
    "other-rule": (waiver(rule="no-host-namespace"), bad()),
    "other-kind": (waiver(**about("apps/StatefulSet", "web")), bad()),
    "pod-of-that-name": (waiver(), bad("pod", "web")),
    "pod-that-is-named-alike": (waiver(), bad("pod", "web-6d4cf56db6-x2x9z")),
    "pod-of-another": (
        waiver(),
        bad(
            "pod",
            "web-1",
            owner={"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-api-6d4cf56db6"},
        ),
    ),
    "pod-of-another-group": (
        waiver(),
        bad(
            "pod",
            "web-1",
            owner={"apiVersion": "own.vn/v1", "kind": "ReplicaSet", "name": "web-6d4cf56db6"},
        ),
    ),
}


@pytest.mark.parametrize("name", COVERED)
def test_waived_object_is_let_through_at_every_gate(server, sync, name):
    one, other = COVERED[name]
    sync(one)

    answer = ask(server, other)

    assert (answer.status, answer.refused_by) == (201, frozenset()), answer
    assert gates(other, Register((one,)), TODAY) == {"plan": WAIVED_, "live": WAIVED_}


@pytest.mark.parametrize("name", NOT_COVERED)
def test_waiver_covers_nothing_else_and_no_other_day_at_any_gate(server, sync, name):
    one, other = NOT_COVERED[name]
    sync(one)

    answer = ask(server, other)

    assert answer.refused_by == {"no-host-path"}, answer
    assert gates(other, Register((one,)), TODAY) == {"plan": FAILS, "live": FAILS}


def test_waiver_ends_at_plan_and_live_on_the_day_that_is_given():
    one = waiver()
    last, after = one.last, one.last + DAY

    assert gates(bad(), Register((one,)), last) == {"plan": WAIVED_, "live": WAIVED_}
    assert gates(bad(), Register((one,)), after) == {"plan": FAILS, "live": FAILS}


def test_what_is_not_waived_is_still_refused_by_name(server, sync):
    sync(waiver())
    both = bad_twice()

    assert ask(server, both).refused_by == {"no-host-namespace"}


def test_object_outside_any_namespace_is_waived_by_its_name(server, sync):
    role = about("rbac.authorization.k8s.io/ClusterRole", f"{ME}-role", "")
    one = waiver(rule="no-admin-for-tenants", level=5, **role)
    before = ask(server, admin())
    sync(one)

    assert before.refused_by == {"no-admin-for-tenants"}
    assert not ask(server, admin()).refused


def changed_service(
    server: ApiServer, sync: Any, name: str, one: Waiver, day: Any = None
) -> Answer:
    """Change a Service that was there before the policies looked at it."""
    path = f"/api/v1/namespaces/{HOME}/services/{name}"
    server.make(service(name, type="ClusterIP"), HOME)
    sync(one, day=day)
    grown = marked(service(name, type="NodePort"))
    return server.call("PUT", f"{path}?dryRun=All", grown)


def of_service(name: str, **changed: Any) -> Waiver:
    return waiver(rule="no-public-service", **about("/Service", name), **changed)


def test_change_is_waived_like_a_creation(server, sync):
    answer = changed_service(server, sync, "grows", of_service("grows"))

    assert (answer.status, answer.refused) == (200, False), answer


def test_change_after_the_end_is_refused_even_while_the_record_is_old(server, sync):
    ended = of_service("stale", end=TODAY - DAY)

    assert changed_service(server, sync, "stale", ended).refused_by == {"no-public-service"}


def test_day_of_the_record_counts_where_the_object_tells_an_earlier_one(server, sync):
    """No object is judged as of a day before the record was written."""
    one = of_service("late")

    answer = changed_service(server, sync, "late", one, day=one.end + DAY)

    assert answer.refused_by == {"no-public-service"}


def test_record_without_waivers_or_annotations_waives_nothing_and_locks_nothing(server):
    path = f"/api/v1/namespaces/{RECORD}"
    empty = {"metadata": {"annotations": {ANNOTATION: None, DAY_ANNOTATION: None}}}
    assert server.call("PATCH", path, empty, "application/merge-patch+json").status == 200

    assert ask(server, bad()).refused_by == {"no-host-path"}
    good = json.loads(json.dumps(base("deployment")))
    good["metadata"]["namespace"] = HOME
    assert ask(server, good).status == 201


def test_namespace_of_the_record_cannot_be_deleted(server):
    """The parameter of every policy is always there: so nothing is ever locked."""
    assert server.call("DELETE", "/api/v1/namespaces/kube-system?dryRun=All").status == 403


def test_new_rule_warns_in_an_old_namespace_until_its_day(server):
    answer = ask(server, service())

    assert answer.warned_by == {WARNS.id}
    assert answer.refused_by == {IS_NEW.id, IS_OVER.id}


def test_change_of_an_object_is_judged_like_its_creation(server):
    path = f"/api/v1/namespaces/{HOME}/services/changes"
    server.make(service("changes", type="ClusterIP"), HOME)

    answer = server.call("PUT", f"{path}?dryRun=All", marked(service("changes", type="NodePort")))

    assert answer.refused_by == {"no-public-service"}


def test_refusal_speaks_both_languages_and_names_every_broken_rule(server):
    both = bad_twice()

    answer = ask(server, both)

    assert answer.refused_by == {"no-host-namespace", "no-host-path"}
    assert "máy chủ" in answer.message
    assert "its node's network" in answer.message


def test_object_that_is_being_deleted_can_lose_its_finalizer(server):
    path = f"/api/v1/namespaces/{HOME}/services/ends"
    leaves = service("ends", type="ClusterIP")
    leaves["metadata"]["finalizers"] = ["sen.gov.vn/test"]
    server.make(leaves, HOME)
    server.call("DELETE", path)
    leaves = marked(service("ends", type="NodePort"))
    leaves["metadata"]["finalizers"] = []

    assert server.call("PUT", path, leaves).status == 200
    assert server.call("GET", path).status == 404


def test_namespaces_of_kubernetes_are_left_alone(server):
    answer = ask(server, bad(home="kube-system"))

    assert (answer.refused, answer.status) == (False, 201)


def test_our_mark_is_what_binds_these_policies(server):
    unmarked = server.ask(bad(), HOME)

    assert set(MARK) == {"sen.gov.vn/test"}
    assert unmarked.status == 201
