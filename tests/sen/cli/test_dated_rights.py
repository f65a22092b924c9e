"""Waivers, delegations and inspections on a real API server: RBAC holds each, and each ends."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import time

import pytest

from policies.gates.admission_waiver import ANNOTATION
from policies.waiver import Register
from sen import local
from sen.access.cluster import DELEGATION, ROLE_BINDING, WAIVER, Cluster
from sen.access.sweeping import sweep
from sen.checks.cluster import Connection
from sen.evidence.place import chain_of
from sen.local.platform import Platform
from sen.tenancy.desk import desk_of
from sen.tenancy.life.objects import LiveObjects
from sen.tools import find
from sen.waivers.reading import readable
from stacks.components.baseline import cluster_objects
from stacks.components.tenant import objects_for
from stacks.models.chain import material
from stacks.models.objects.request import RequestSpec
from stacks.models.tenant import TenantRequest
from tests.request_of import request_of
from tests.stacks.apply import Person
from tests.stacks.conftest import baseline

__all__ = ["baseline"]
pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("dated-rights")]
DESK = desk_of("H26")
HOME = "h26-portal-staging"
PATIENCE_SECONDS = 30
GROUPS = {
    "an": ["oidc:h26-heads"],
    "binh": [],
    "chi": ["oidc:h26-security-officers"],
    "dung": ["oidc:h26-requesters"],
    "lan": ["oidc:thanh-tra-14"],
    "giang": ["oidc:sen-platform"],
}
REQUESTS = f"/apis/sen.gov.vn/v1alpha1/namespaces/{DESK}"
TODAY = dt.date.today()


@pytest.fixture(scope="module")
def platform(tools, baseline):
    """A platform of its own with the kinds, a desk and a tenant."""
    mine = Platform(f"dated{os.getpid()}")
    local.up(mine, fsync=False)
    admin = Person(mine.kubeconfig, mine.context)
    rbac = [one for one in cluster_objects(baseline) if one["kind"] == "ClusterRole"]
    made = TenantRequest.model_validate(request_of("H26", "portal"))
    for one in (*rbac, *objects_for(made)):
        answer = admin.apply(one)
        assert answer.status in {200, 201}, answer.message
    yield mine
    local.reset(mine)


@pytest.fixture(scope="module")
def people(platform, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dated")
    return {
        name: platform.client_kubeconfig(name, groups, folder / name)
        for name, groups in GROUPS.items()
    }


@pytest.fixture
def run(sen, platform, people):
    """Call `sen` as one of these people, once the kinds and the desk are there."""
    named = ("--name", platform.name)
    assert sen("operator", "install", *named).code == 0
    said = sen("operator", "desk", "H26", "--officer", "a.b@hanoi.gov.vn", *named)
    assert said.code == 0, said.err

    def call(who, *words):
        return sen(*words, *named, *(("--kubeconfig", people[who]) if who else ()))

    return call


@pytest.fixture
def admin(platform):
    return Cluster(platform.kubeconfig, platform.context)


@pytest.fixture
def swept(admin, platform):
    def call(days=0):
        now = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
        return sweep(admin, chain_of(platform), now)

    return call


def soon(ask, wanted):
    """Ask until the API server's caches are warm; no event says that they are."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := ask()) != wanted:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def asked_for(run, name, *more, who="dung"):
    given = {
        "--agency": "H26",
        "--rule": "drop-all-capabilities",
        "--kind": "apps/Deployment",
        "--namespace": HOME,
        "--object": name,
        "--level": "3",
        "--reason": "khách ngoài mạng cần truy cập",
        "--compensating": "chặn ở tường lửa",
        "--end": (TODAY + dt.timedelta(30)).isoformat(),
        **dict(zip(more[::2], more[1::2], strict=True)),
    }
    return run(who, "waiver", "ask", name, *(word for pair in given.items() for word in pair))


def approve(run, who, name, role="security-officer"):
    return run(who, "waiver", "approve", name, "--agency", "H26", "--role", role)


def test_waiver_is_asked_for_by_one_agreed_to_by_another_and_honoured(run, admin, platform):
    said = asked_for(run, "front")
    assert said.code == 0, said.err
    before = json.loads(run(None, "waiver", "list", "-o", "json").out)
    for who in ("dung", "an"):  # the owner, and somebody with another role
        refused = approve(run, who, "front")
        assert refused.code == 1, refused.out
    agreed = approve(run, "chi", "front")
    again = approve(run, "chi", "front")

    assert (agreed.code, again.code) == (0, 1), agreed.err
    (row,) = [each for each in before if each["object"].endswith("front")]
    assert (row["source"], row["state"], row["waits for"]) == (
        "object",
        "asked for",
        "security-officer",
    )
    active = json.loads(run(None, "waiver", "list", "--active", "-o", "json").out)
    (row,) = [each for each in active if each["id"] == f"{DESK}-front"]
    assert (row["approver"], row["waits for"]) == ("chi", "")
    assert run(None, "waiver", "sync").code == 0
    kept = admin.namespace("kube-system")["metadata"]["annotations"][ANNOTATION]
    assert f"{HOME} apps/Deployment front drop-all-capabilities" in kept
    assert live(run, platform, "front") == "waived"
    acts = [each.act for each in chain_of(platform).records() if each.about == f"{DESK}/front"]
    refused = ["waiver.approve", "waiver.approve.failed"]
    assert acts == ["waiver.ask", *refused, *refused, "waiver.approve", *refused]

    ended = run("dung", "waiver", "withdraw", "front", "--agency", "H26")

    assert ended.code == 0, ended.err
    assert live(run, platform, "front") == "fail"


def live(run, platform, name):
    """Give the live gate's verdict on a Deployment that keeps its capabilities."""
    person = Person(platform.kubeconfig, platform.context)
    pod = {"containers": [{"name": "a", "image": "example.vn/a"}]}
    template = {"metadata": {"labels": {"app": name}}, "spec": pod}
    thing = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": HOME},
        "spec": {"replicas": 0, "selector": {"matchLabels": {"app": name}}, "template": template},
    }
    assert person.apply(thing).status in {200, 201}
    words = ("check", "cluster", "--namespace", HOME, "--rule", "drop-all-capabilities")
    found = json.loads(run(None, *words, "-o", "json").out)["findings"]
    return next(each["verdict"] for each in found if each["object"].endswith(f"/{name}"))


def test_waiver_at_a_strict_level_takes_two(run):
    assert asked_for(run, "strict", "--level", "4").code == 0

    assert approve(run, "chi", "strict").code == 0
    (row,) = listed(run, "strict")
    assert (row["state"], row["waits for"]) == ("asked for", "platform")
    assert approve(run, "chi", "strict", "platform").code == 1
    assert approve(run, "giang", "strict", "platform").code == 0
    (row,) = listed(run, "strict")
    assert (row["state"], row["approver"]) == ("active", "chi, giang")


def listed(run, name):
    rows = json.loads(run(None, "waiver", "list", "-o", "json").out)
    return [each for each in rows if each["object"].endswith(f" {name}")]


def test_waiver_is_refused_for_what_is_not_the_agencys_or_too_long(run):
    elsewhere = asked_for(run, "other", "--namespace", "g18-portal-staging")
    too_long = asked_for(run, "long", "--end", (TODAY + dt.timedelta(400)).isoformat())
    no_rule = asked_for(run, "wrong", "--rule", "no-such-rule")
    stranger = asked_for(run, "mine", who="binh")

    assert (elsewhere.code, "agency whose object it is about" in elsewhere.err) == (1, True)
    assert (too_long.code, "at most 12 months" in too_long.err) == (2, True)
    assert (no_rule.code, "no-such-rule" in no_rule.err) == (2, True)
    assert stranger.code == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reason": "vì lý do khác"}, "identity and cannot change"),
        ({"ends": "2099-01-01"}, "identity and cannot change"),
        ({"approvals": [{"role": "security-officer", "by": "chi"}]}, "must be yours"),
        (
            {"approvals": [{"role": "security-officer", "by": n} for n in ("a", "b")]},
            "one at a time",
        ),
    ],
)
def test_waiver_never_changes_by_hand(run, people, platform, changed, said):
    asked_for(run, "fixed")
    admin = Person(platform.kubeconfig, platform.context)
    path = f"{REQUESTS}/waivers/fixed"
    there = admin.ask("GET", path).body
    changed = {**there, "spec": {**there["spec"], **changed}}

    answer = admin.ask("PUT", path, changed)

    assert answer.status in {403, 422}
    assert said in answer.message


@pytest.mark.parametrize(
    ("level", "months_and_days", "status"),
    [
        (3, ("2027-01-31", "2028-01-31"), 201),
        (3, ("2027-01-31", "2028-02-01"), 422),
        (4, ("2027-01-31", "2027-04-30"), 201),
        (4, ("2027-01-31", "2027-05-01"), 422),
        (5, ("2027-03-01", "2027-03-01"), 422),
    ],
)
def test_api_server_counts_months_as_the_register_does(run, people, level, months_and_days, status):
    asked_for(run, "pattern")
    dung = Person(people["dung"], Platform(f"dated{os.getpid()}").context)
    spec = dung.ask("GET", f"{REQUESTS}/waivers/pattern").body["spec"]
    starts, ends = months_and_days
    spec |= {"level": level, "starts": starts, "ends": ends}
    thing = {
        "apiVersion": "sen.gov.vn/v1alpha1",
        "kind": WAIVER,
        "metadata": {"name": "counted"},
        "spec": spec,
    }

    answer = dung.ask("POST", f"{REQUESTS}/waivers?dryRun=All", thing)

    assert answer.status == status, answer.message


def test_who_may_not_read_waivers_is_told_and_none_is_honoured(run, people, platform):
    found = readable(Register(), Connection(people["binh"], platform.context))

    assert found.register == Register()
    assert [each.key for each in found.wrong] == ["waiver-objects-unreadable"]


def request_by(people, platform, who, name):
    person = Person(people[who], platform.context)
    spec = {**request_of(slug=name, level=2), "requested_by": who}
    thing = {
        "apiVersion": "sen.gov.vn/v1alpha1",
        "kind": "TenantRequest",
        "metadata": {"name": name},
        "spec": spec,
    }
    answer = person.ask("POST", f"{REQUESTS}/tenantrequests", thing)
    assert answer.status == 201, answer.message
    return spec


def decide(people, platform, who, name, spec, *, dry=True, **more):
    """Give status and words of a head's decision; tried again while admission does not know."""
    person = Person(people[who], platform.context)
    given = {
        "request": name,
        "material": material(RequestSpec.model_validate(spec)),
        "role": "head",
        "decision": "approve",
        "by": who,
        "price_vnd": 1,
        **more,
    }
    thing = {
        "apiVersion": "sen.gov.vn/v1alpha1",
        "kind": "Approval",
        "metadata": {"generateName": "a-"},
        "spec": given,
    }
    answer = person.ask("POST", f"{REQUESTS}/approvals{'?dryRun=All' * dry}", thing)
    return answer.status


def delegated(run, who="an", to="binh", *more, days=5):
    until = (TODAY + dt.timedelta(days)).isoformat()
    words = ("--agency", "H26", "--role", "head", "--until", until, "--document", "12/UQ-UBND")
    return run(who, "access", "delegate", to, *words, *more)


@pytest.fixture
def no_delegation(admin, swept):
    yield
    for each in admin.each(DELEGATION):
        admin.delete(each, as_read=False)
    swept()


@pytest.mark.usefixtures("no_delegation")
def test_delegate_decides_for_the_days_and_no_longer(run, people, platform, swept, admin):
    spec = request_by(people, platform, "dung", "days")
    before = decide(people, platform, "binh", "days", spec, in_place_of="an")

    said = delegated(run)
    (bound,) = swept()

    assert (before, said.code, bound["does"]) == (403, 0, "bind"), said.err
    ask = lambda **more: decide(people, platform, "binh", "days", spec, **more)  # noqa: E731
    soon(lambda: ask(in_place_of="an"), 201)
    assert ask() == 403
    assert ask(in_place_of="chi") == 403
    assert ask(in_place_of="an", role="security-officer") == 403
    assert swept() == []
    (row,) = json.loads(run(None, "access", "delegations", "-o", "json").out)
    assert (row["by"], row["to"], row["state"]) == ("an", "binh", "holds")
    assert swept(5) == []
    assert [each["does"] for each in swept(6)] == ["take back"]
    soon(lambda: ask(in_place_of="an"), 403)
    assert not list(admin.each(ROLE_BINDING, DESK, "sen.gov.vn/delegation=true"))
    acts = [each.act for each in chain_of(platform).records() if "delegate" in each.act]
    assert acts[-3:] == ["access.delegate", "access.delegate.bind", "access.delegate.over"]


@pytest.mark.usefixtures("no_delegation")
def test_nobody_approves_their_own_request_through_a_delegation(run, people, platform, swept):
    own = request_by(people, platform, "dung", "own-of-dung")
    delegated(run, "an", "dung")
    swept()
    other = request_by(people, platform, "dung", "other")
    soon(lambda: decide(people, platform, "dung", "other", other, in_place_of="an"), 403)

    person = Person(people["dung"], platform.context)
    soon(lambda: person.may("approve-head", "sen.gov.vn/delegations", DESK, "an"), True)
    assert decide(people, platform, "dung", "own-of-dung", own, in_place_of="an") == 403


@pytest.mark.usefixtures("no_delegation")
def test_delegation_is_neither_passed_on_nor_given_by_who_holds_nothing(run, people, swept):
    delegated(run, "an", "binh")
    swept()

    for who in ("binh", "dung", "chi"):
        said = delegated(run, who, "giang")
        assert said.code == 1, said.out
    assert delegated(run, "an", "an").code == 2
    assert delegated(run, "an", "binh", days=120).code == 2


@pytest.mark.usefixtures("no_delegation")
def test_delegation_begins_and_ends_when_it_says(run, people, platform, swept):
    tomorrow = (TODAY + dt.timedelta(1)).isoformat()
    said = delegated(run, "an", "binh", "--from", tomorrow)
    name = said.out.split(":")[0]

    assert swept() == []
    assert [each["does"] for each in swept(1)] == ["bind"]
    assert run("an", "access", "undelegate", name, "--agency", "H26").code == 0
    assert [each["does"] for each in swept(1)] == ["take back"]
    assert run("an", "access", "undelegate", "no-such", "--agency", "H26").code == 2


@pytest.mark.usefixtures("no_delegation")
def test_leaver_loses_what_was_delegated(run, swept):
    delegated(run, "an", "binh")
    swept()

    said = run(None, "access", "leaver", "binh", "-o", "json")

    kinds = {each["kind"] for each in json.loads(said.out)}
    assert kinds == {DELEGATION, ROLE_BINDING}
    assert swept() == []


def test_inspectors_read_an_agency_until_the_day_and_never_secrets(run, people, platform, swept):
    lan = Person(people["lan"], platform.context)
    until = (TODAY + dt.timedelta(10)).isoformat()
    words = ("--until", until, "--document", "14/QĐ-TTr", "-o", "json")

    said = run(None, "access", "inspector", "open", "thanh-tra-14", "--agency", "H26", *words)

    rows = json.loads(said.out)
    assert {each["namespace"] for each in rows} == {DESK, HOME}
    soon(lambda: lan.may("list", "/pods", HOME), True)
    assert lan.may("list", "sen.gov.vn/tenantrequests", DESK)
    for namespace in (HOME, DESK):
        for verb in ("get", "list", "watch"):
            assert not lan.may(verb, "/secrets", namespace)
        assert not lan.may("create", "/pods", namespace)
        assert not lan.may("create", "sen.gov.vn/approvals", namespace)
    (row,) = json.loads(run(None, "access", "inspector", "list", "-o", "json").out)
    assert (row["bindings"], row["document"]) == (3, "14/QĐ-TTr")
    admin = Person(platform.kubeconfig, platform.context)
    made = TenantRequest.model_validate(request_of("H26", "later"))
    for one in objects_for(made):
        assert admin.apply(one).status in {200, 201}
    assert [each["namespace"] for each in swept(10)] == ["h26-later-staging"]
    assert len(swept(11)) == 4
    soon(lambda: lan.may("list", "/pods", HOME), False)
    name = rows[0]["inspection"]
    acts = [each.act for each in chain_of(platform).records() if each.about == name]
    kinds = ("open", "follow", "sweep")
    assert acts == [f"access.inspection.{each}" for each in kinds]


def test_inspection_of_one_tenant_closes_when_told(run, people, platform, swept):
    until = (TODAY + dt.timedelta(10)).isoformat()
    words = ("access", "inspector", "open", "thanh-tra-14")
    more = ("--document", "15/QĐ-TTr", "-o", "json")
    said = run(None, *words, "--tenant", HOME, "--until", until, *more)
    (row,) = json.loads(said.out)

    assert swept() == []
    assert run(None, "access", "inspector", "close", row["inspection"]).code == 0
    assert run(None, "access", "inspector", "close", row["inspection"]).code == 2
    assert json.loads(run(None, "access", "inspector", "list", "-o", "json").out) == []
    assert run(None, *words, "--until", until, *more).code == 2
    late = (TODAY + dt.timedelta(400)).isoformat()
    assert run(None, *words, "--tenant", HOME, "--until", late, *more).code == 2
    assert run(None, *words, "--agency", "G18", "--until", until, *more).code == 2


def test_people_hold_what_roles_give_and_none_binds_others(people, platform):
    for who in ("an", "chi", "dung", "giang"):
        person = Person(people[who], platform.context)
        assert not person.may("create", "rbac.authorization.k8s.io/rolebindings", DESK), who


def test_tenant_edited_by_hand_appears_as_outside(sen, run, platform):
    admin = Person(platform.kubeconfig, platform.context)
    path = f"{REQUESTS}/tenants"
    made = TenantRequest.model_validate(request_of("H26", "portal"))
    spec = {
        "request": "portal",
        "namespace": HOME,
        "agency": "H26",
        "level": 3,
        "starts": made.starts.isoformat(),
        "ends": made.ends.isoformat(),
        "price_vnd": 5,
        "material": "0" * 64,
        "approved_at": "2026-01-01T00:00:00Z",
        "approved": request_of(),
    }
    thing = {"apiVersion": "sen.gov.vn/v1alpha1", "kind": "Tenant", "metadata": {"name": "byhand"}}
    assert admin.ask("POST", path, {**thing, "spec": spec}).status == 201
    command = [str(find("kubectl").path), "--kubeconfig", str(platform.kubeconfig)]
    patch = json.dumps({"spec": {"price_vnd": 1}})
    words = ("--context", platform.context, "-n", DESK, "patch", "tenant", "byhand")
    subprocess.run([*command, *words, "--type=merge", "-p", patch], check=True, capture_output=True)

    assert sen("evidence", "audit", "--name", platform.name).code == 0
    shown = sen(
        *("evidence", "show", "--act", "api.patch", "--outside", "--about", DESK),
        *("-o", "json", "--last", "50", "--name", platform.name),
    )

    found = [each["data"] for each in json.loads(shown.out)]
    (edit,) = [each for each in found if each["object"] == "tenants.sen.gov.vn/byhand"]
    assert edit["agent"].startswith("kubectl/")
    assert (edit["user"], edit["code"]) == ("sen:admin", 200)
    admin.ask("DELETE", f"{path}/byhand")


def test_everything_of_a_tenant_bears_its_one_end(platform):
    made = TenantRequest.model_validate(request_of("H26", "portal"))
    bound = [one for one in objects_for(made) if one["kind"] == "RoleBinding"]

    assert bound
    assert {one["metadata"]["labels"]["sen.gov.vn/ends"] for one in bound} == {str(made.ends)}


def test_nothing_is_opened_beyond_the_tenants_end(run, platform, tmp_path):
    admin = Person(platform.kubeconfig, platform.context)
    label = {"metadata": {"labels": {"sen.gov.vn/ends": "2026-01-01"}}}
    over = TenantRequest.model_validate(request_of("H29", "over"))  # seen by no inspector of H26
    for one in objects_for(over):
        assert admin.apply(one).status in {200, 201}
    home = f"/api/v1/namespaces/{over.namespace}"
    assert admin.ask("PATCH", home, label, "application/merge-patch+json").status == 200

    said = run(
        *(None, "access", "break-glass", "open", over.namespace, "--user", "an@h26.vn"),
        *("--hours", 1, "--reason", "Cổng ngừng", "--by", "b@h26.vn", "--second", "c@h26.vn"),
        *("--out", tmp_path / "k"),
    )

    assert (said.code, "2026-01-01" in said.err) == (1, True)
    assert not (tmp_path / "k").exists()


def test_waiver_of_a_tenant_that_changed_hands_is_asked_for_where_it_is_now(run, platform):
    refused = asked_for(run, "from-away", "--namespace", "h29-portal-staging")
    before = asked_for(run, "before-it-went", "--namespace", "h26-gone-staging")
    notes = {
        "sen.gov.vn/took-over": "h29-other-staging,h29-portal-staging",
        "sen.gov.vn/handed-over": "h26-gone-staging",
    }
    home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": DESK}}
    live = LiveObjects(platform.kubeconfig, platform.context)
    live.patch(home, {"metadata": {"annotations": notes}})
    names = iter(range(10**6))

    def asked(namespace):
        return asked_for(run, f"later-{next(names)}", "--namespace", namespace)

    soon(lambda: asked("h29-portal-staging").code, 0)
    gone = asked("h26-gone-staging")
    granted = approve(run, "chi", "before-it-went")
    ended = run("dung", "waiver", "withdraw", "before-it-went", "--agency", "H26")

    assert (refused.code, before.code) == (1, 0), (refused.err, before.err)
    assert "lies on the desk of the agency" in refused.err
    assert asked("h29-unknown-staging").code == 1
    for each in (gone, granted):
        assert each.code == 1
        assert "another agency has taken the tenant over" in each.err
    assert ended.code == 0, ended.err
