"""A tenant goes from one agency to another: both agree, nothing is lost, the old one has no say."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from sen.budget.account import account
from sen.budget.reading import Objects
from sen.evidence.verification import verify
from sen.operator.drift import Drift
from sen.operator.handover import is_handed
from sen.operator.world import World
from stacks.components.manifest import STACK_LABEL
from stacks.models.agency import agencies
from stacks.models.ledger import MONEY
from tests.sen.operator.cluster import DESK, agency, approvals, request
from tests.sen.operator.test_life import AGREEMENT, ROLE_BINDING, START, TENANT, Country
from tests.sen.tenancy.life.namespace import NAMESPACE, thing

TO = "h29-desk-production"
WAIVER = ("sen.gov.vn/v1alpha1", "Waiver")
PEOPLE = {"kind": "User", "name": "oidc:an"}
ACCOUNT = {"kind": "ServiceAccount", "name": "app", "namespace": TENANT}


class Two(Country):
    """A country with two desks, and one tenant that stands at the first."""

    @property
    def moved(self):
        return self.cluster.objects["Tenant"].get((TO, TENANT))

    @property
    def asked(self):
        return self.cluster.objects["TenantRequest"].get((TO, TENANT))

    def look(self, calls=None):
        """Let an operator look, and again at what it wrote itself, as a watch would tell it."""
        for _ in range(1 if calls else 4):
            super().look(calls)

    def accept(self, **changed):
        """Say at the other desk what is its own to say, and let its people agree."""
        spec = {**self.asked["spec"], "budget": dict(self.asked["spec"]["budget"]), **changed}
        spec["budget"]["code"] = "H29-2026-001"
        self.cluster.put({**self.asked, "spec": spec})
        self.agree()

    def agree(self):
        for each in approvals(self.asked):
            each["metadata"]["name"] += each["spec"]["material"][:6]
            self.cluster.put(each)

    def offer(self):
        self.ask(transfer_to="H29")
        self.approve()
        self.look()


@pytest.fixture
def two(tmp_path):
    things = (
        thing(ROLE_BINDING, "by-hand", subjects=[PEOPLE]),
        thing(ROLE_BINDING, "mixed", subjects=[PEOPLE, ACCOUNT]),
        thing(ROLE_BINDING, "built", subjects=[PEOPLE]),
    )
    things[2]["metadata"]["labels"] = {STACK_LABEL: "tenants-h26-dev"}
    made = Two(tmp_path, *things)
    made.cluster.desks.add(TO)
    for one in list(made.memory.each(AGREEMENT)):
        made.memory.delete(one)
    ends = (START.astimezone().date() + dt.timedelta(days=100)).isoformat()
    made.cluster.put(request("portal", ends=ends))
    made.approve()
    made.look()
    assert made.tenant["status"]["phase"] == "Ready"
    return made


def said(thing_, kind="Transfer"):
    found = thing_["status"]["conditions"]
    return next(((e["status"], e["reason"]) for e in found if e["type"] == kind), None)


def words(thing_):
    return next(e["message"] for e in thing_["status"]["conditions"] if e["type"] == "Transfer")


def acts(two, name):
    return [each for each in two.chain.records() if each.act == name]


def test_it_is_offered_when_its_own_people_agree_and_goes_when_the_others_do(two):
    two.now += dt.timedelta(days=30)
    two.ask(transfer_to="H29")
    two.look()
    assert two.asked is None

    two.approve()
    two.look()
    assert said(two.request) == ("Unknown", "Offered")
    assert said(two.asked) == ("False", "TransferWaits")
    two.accept()
    two.look()

    assert two.moved["status"]["phase"] == two.asked["status"]["phase"] == "Ready"
    assert two.tenant["status"]["phase"] == two.request["status"]["phase"] == "Transferred"
    assert said(two.tenant) == said(two.request) == ("True", "HandedOver")
    assert said(two.asked) == ("True", "TakenOver")
    assert two.moved["spec"]["approved"]["agency"] == "H29"
    (act,) = acts(two, "tenant.transfer")
    assert (act.about, act.data["from"], act.data["to"]) == (TENANT, "H26", "H29")
    assert verify(two.chain.lines()).sound


def test_rights_that_people_gave_by_hand_end_and_accounts_keep_theirs(two):
    two.offer()
    two.accept()
    two.look()

    left = {
        each["metadata"]["name"]: each["subjects"] for each in two.memory.each(ROLE_BINDING, TENANT)
    }
    assert left == {"mixed": [ACCOUNT], "built": [PEOPLE]}
    (act,) = acts(two, "tenant.access-ends")
    assert sorted(act.data["bindings"]) == ["by-hand", "mixed"]


def test_each_agency_bears_its_days_and_the_new_one_the_quota(two):
    two.now += dt.timedelta(days=30)
    two.offer()
    two.accept()
    two.look()

    today = two.now.astimezone().date()
    old, new = two.tenant["spec"], two.moved["spec"]
    assert (old["ends"], new["starts"]) == (
        (today - dt.timedelta(days=1)).isoformat(),
        today.isoformat(),
    )
    things = two.cluster.objects
    tenants = tuple(reversed(things["Tenant"].values()))
    objects = Objects((), tuple(things["TenantRequest"].values()), tenants)
    found = account(objects, agencies(), today)
    assert found.asked == ()
    grants = {each.agency: each.amounts for each in found.grants}
    assert all(name.startswith(MONEY) for name in grants["H26"])
    assert grants["H29"]["cpu"] > 0
    assert {each.agency: (each.starts, each.ends) for each in found.charges} == {
        "H26": (START.astimezone().date(), today - dt.timedelta(days=1)),
        "H29": (today, START.astimezone().date() + dt.timedelta(days=100)),
    }


def test_receiver_whose_quota_is_short_gets_nothing_and_all_stays(two):
    none = dict.fromkeys(("cpu", "memory_gib", "storage_gib", "pods", "services", "volumes"), 1)
    two.cluster.put(agency("H29", quota=none))
    two.offer()
    two.accept()
    two.look()

    assert said(two.asked, "Provisioned") == ("False", "QuotaShort")
    assert two.moved is None
    assert not is_handed(two.tenant)
    assert two.tenant["status"]["phase"] == "Ready"


def agreement():
    spec = {"provider": "g06-x-production", "consumer": TENANT, "ends": "2099-01-01"}
    return thing(AGREEMENT, "reads", namespace=DESK, spec=spec)


def test_what_the_old_agency_agreed_to_has_to_end_first(two):
    two.memory.create(agreement())
    two.offer()
    two.accept()
    two.look()
    assert agreement()["metadata"]["name"] in words(two.asked)
    assert two.moved is None

    two.memory.delete(agreement())
    two.look()

    assert two.moved["status"]["phase"] == "Ready"


def test_legal_hold_and_rest_keep_it_where_it_is(two):
    two.offer()
    two.hold({"reason": "Thanh tra", "document": "12/TTr", "by": "p", "since": START.isoformat()})
    two.accept()
    two.look()
    assert "12/TTr" in words(two.asked)

    two.hold(None)
    two.ask(state="Suspended")
    two.look()
    assert "not ready" in words(two.asked)
    assert two.moved is None

    two.ask(state="Active")
    two.look()
    assert two.moved["status"]["phase"] == "Ready"


def test_nobody_takes_what_was_not_offered(two):
    spec = {**request("portal")["spec"], "agency": "H29", "takes": TENANT}
    two.cluster.put(
        {"kind": "TenantRequest", "metadata": {"name": TENANT, "namespace": TO}, "spec": spec}
    )
    two.accept()
    two.look()
    assert "has not offered it" in words(two.asked)
    assert two.moved is None


def test_offer_is_taken_back_as_long_as_nobody_took_it(two):
    two.offer()
    two.ask(transfer_to=None)
    two.look()
    two.accept()
    two.look()

    assert said(two.request) == ("False", "Withdrawn")
    assert "has not offered it" in words(two.asked)
    assert two.tenant["status"]["phase"] == "Ready"


def test_budget_stage_and_day_of_the_receiver_are_looked_at(two):
    two.offer()
    two.agree()
    two.look()
    assert "budget code H26-2026-014" in words(two.asked)

    two.accept(stage="production")
    two.look()
    assert "its stage is staging" in words(two.asked)
    assert two.moved is None

    tomorrow = (two.now.astimezone().date() + dt.timedelta(days=1)).isoformat()
    two.accept(stage="staging", starts=tomorrow)
    two.look()
    assert tomorrow in words(two.asked)
    two.days(1)
    assert two.moved["spec"]["starts"] == tomorrow


def test_desk_that_is_not_open_is_told_to_who_offers(two):
    two.cluster.desks.remove(TO)
    two.offer()

    assert said(two.request) == ("False", "NoDesk")
    assert "sen operator desk H29" in words(two.request)


def test_tenant_of_an_agency_that_ended_goes_to_its_successor_without_its_old_people(two):
    two.memory.create(agreement())
    two.cluster.put(agency("H26", merged_into="H29"))
    two.ask(transfer_to="H29")
    two.look()
    two.accept()
    two.look()

    assert two.moved["status"]["phase"] == "Ready"
    (act,) = acts(two, "tenant.transfer")
    assert act.data["papers"] == [f"SharingAgreement {DESK}/reads"]


def test_it_does_not_come_back_under_a_name_that_is_taken_by_its_own_past(two):
    two.offer()
    two.accept()
    two.look()
    moved = {**two.asked["spec"], "transfer_to": "H26"}
    two.cluster.put({**two.asked, "spec": moved})
    two.agree()
    two.look()
    back = two.cluster.objects["TenantRequest"][DESK, TENANT]

    assert "does not come back" in words(back)


def test_drift_looks_at_the_tenant_where_it_is_now(two):
    two.offer()
    two.accept()
    two.look()
    drift = Drift(None, str, None, None, None)

    for each in (two.moved, two.tenant):
        drift.learn(each)
    assert drift._tenants[TENANT]["metadata"]["namespace"] == TO
    drift.learn(two.moved, gone=True)
    assert drift._tenants == {}


def test_stack_of_before_does_not_build_it_any_more(two):
    two.offer()
    two.accept()
    two.look()
    world = World()
    for each in (two.tenant, two.moved):
        world.learn(each)

    assert world.tenants_of("H26") == []
    assert [each["metadata"]["namespace"] for each in world.tenants_of("H29")] == [TO]


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_any_point_it_goes_on_and_is_one_agencys_at_the_end(two, seed):
    chance = random.Random(seed)  # noqa: S311 - which call is the last
    two.ask(transfer_to="H29")
    two.approve()
    accepted = False
    for _ in range(60):
        two.look(chance.randrange(1, 14))
        if two.asked and not accepted and said(two.request):
            accepted = True
            two.accept()
    two.look()

    assert two.moved["status"]["phase"] == "Ready"
    assert two.tenant["status"]["phase"] == "Transferred"
    assert len(acts(two, "tenant.transfer")) == 1
    assert verify(two.chain.lines()).sound


def asked(name, *roles, **changed):
    """Give a waiver about the tenant, agreed to in these roles."""
    spec = {
        "rule": "no-host-path",
        "object": {"kind": "apps/Deployment", "namespace": TENANT, "name": "web"},
        "level": 2,
        "reason": "Phần mềm cũ",
        "compensating": "Theo dõi riêng",
        "owner": "oidc:an",
        "starts": START.date().isoformat(),
        "ends": (START.date() + dt.timedelta(days=300)).isoformat(),
        "approvals": [{"role": role, "by": f"oidc:{role}"} for role in roles],
        **changed,
    }
    return thing(type(AGREEMENT)(*WAIVER), name, namespace=DESK, spec=spec)


def ended(two, name):
    return two.memory.get(type(AGREEMENT)(*WAIVER), name, DESK)["spec"].get("ended")


def test_waivers_of_the_old_agency_hold_for_a_month_and_no_new_ones_are_granted_there(two):
    today = two.now.astimezone().date()
    soon = (today + dt.timedelta(days=9)).isoformat()
    for each in (
        asked("long", "security-officer"),
        asked("short", "security-officer", ends=soon),
        asked("nobody-agreed"),
    ):
        two.memory.create(each)
    for desk in (DESK, TO):
        two.memory.put(thing(NAMESPACE, desk, namespace=None))
    two.offer()
    two.accept()
    two.look()

    assert two.moved["status"]["phase"] == "Ready"
    assert [ended(two, name) for name in ("long", "short", "nobody-agreed")] == [
        (today + dt.timedelta(days=30)).isoformat(),
        (today + dt.timedelta(days=10)).isoformat(),
        today.isoformat(),
    ]
    carried = {each.data["waiver"]: each.data for each in acts(two, "waiver.carry")}
    assert set(carried) == {f"{DESK}/{name}" for name in ("long", "short", "nobody-agreed")}
    assert carried[f"{DESK}/long"]["to"] == "H29"
    notes = [two.memory.get(NAMESPACE, desk)["metadata"]["annotations"] for desk in (DESK, TO)]
    assert notes == [{"sen.gov.vn/handed-over": TENANT}, {"sen.gov.vn/took-over": TENANT}]
    told = words(two.asked)
    assert (today + dt.timedelta(days=30)).isoformat() in told
    assert "sen waiver ask" in told
