"""Requests become tenants: when all agree, within what is left, whatever comes in between."""

import asyncio
import random

import pytest

from sen.errors import MissingPartError
from sen.operator import work as pauses
from sen.operator.reconciler import Reconciler
from sen.operator.work import Work
from stacks.problem import Problem, ProblemError, messages
from tests.sen.operator.cluster import DESK, NOW, Cluster, agency, approvals, request


class Builder:
    """Runs no stack: remembers what it was asked to build, fails as often as it is told."""

    def __init__(self, failures=0, then=None):
        self.runs, self.failures, self.then = [], failures, then

    def __call__(self, shard, tenants):
        names = sorted(each["metadata"]["name"] for each in tenants)
        self.runs.append((shard, names))
        if self.then:
            self.then()
        if len(self.runs) <= self.failures:
            raise ProblemError(Problem("run-failed-for-test", shard))


@pytest.fixture(autouse=True)
def words(monkeypatch):
    """A message for a failure that only this test knows."""
    said = {lang: {"rule": "boom", "remedy": "again"} for lang in ("vi", "en")}
    monkeypatch.setattr(
        "stacks.problem.messages", lambda: {**messages(), "run-failed-for-test": said}
    )


def serve(cluster, builder, act):
    """Run an operator over a cluster while something acts on it, until all is quiet."""

    async def live():
        last = {"H26": "run-1", "G09": "run-2"}.get
        work = Work(builder, cluster.records.append, last_run=last)
        made = Reconciler(cluster, work, lambda: NOW)
        for things in list(cluster.objects.values()):
            for each in list(things.values()):
                made.learn(each)
        cluster.listeners.append(made.learn)
        act()
        await made.idle()
        cluster.listeners.remove(made.learn)
        await made.close()

    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(live())
    finally:
        loop.close()


class Safe(Cluster):
    """Events reach the operator in its own loop, as they do from a watch."""

    def put(self, thing):
        listeners, self.listeners = self.listeners, []
        made = super().put(thing)
        self.listeners = listeners
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        if loop:
            for each in listeners:
                each(made)
        return made


def status(cluster, name, kind="TenantRequest"):
    return cluster.objects[kind][DESK, name].get("status", {})


def conditions(found):
    return {each["type"]: (each["status"], each["reason"]) for each in found["conditions"]}


def test_request_waits_for_those_who_must_agree_and_shows_its_price():
    cluster, builder = Safe(), Builder()

    serve(cluster, builder, lambda: cluster.put(request("portal")))

    found = status(cluster, "portal")
    assert (found["phase"], found["waits_for"]) == ("Pending", ["head", "security-officer"])
    assert found["price_vnd"] > 0
    assert conditions(found) == {"Priced": ("True", "Priced"), "Approved": ("False", "Waiting")}
    assert builder.runs == []


def ask_and_approve(cluster, *names, **changed):
    def act():
        for name in names:
            asked = cluster.put(request(name, **changed))
            for each in approvals(asked):
                cluster.put(each)

    return act


def test_approved_request_becomes_a_tenant_and_both_say_ready():
    cluster, builder = Safe(), Builder()

    serve(cluster, builder, ask_and_approve(cluster, "portal"))

    found = status(cluster, "portal")
    assert (found["phase"], found["tenant"]) == ("Ready", "h26-portal-staging")
    assert found["approved_by"] == ["person-head", "person-security-officer"]
    assert conditions(found)["Ready"] == ("True", "Built")
    built = status(cluster, "h26-portal-staging", "Tenant")
    assert (built["phase"], built["last_run"]) == ("Ready", "run-1")
    assert builder.runs == [("H26", ["h26-portal-staging"])]
    grant, build = cluster.records
    assert (grant.name, grant.about) == ("tenant.grant", "h26-portal-staging")
    assert grant.data["approved_by"] == found["approved_by"]
    assert (build.name, build.data["stack"]) == ("tenant.build", "H26")


def test_requests_of_one_stack_are_built_together():
    cluster, builder = Safe(), Builder()
    names = [f"system-{number}" for number in range(30)]

    serve(cluster, builder, ask_and_approve(cluster, *names))

    assert all(status(cluster, name)["phase"] == "Ready" for name in names)
    assert len(builder.runs) < len(names) / 2


def test_stacks_run_beside_each_other_and_never_one_twice_at_once():
    cluster, seen, now = Safe(), [], []

    def build(shard, tenants):
        now.append(shard)
        seen.append(tuple(sorted(now)))
        now.remove(shard)

    def act():
        ask_and_approve(cluster, "portal")()
        ask_and_approve(cluster, "lab", agency="G09")()

    serve(cluster, build, act)

    assert {shard for each in seen for shard in each} == {"H26", "G09"}
    assert all(len(each) == len(set(each)) for each in seen)


def test_two_hundred_requests_for_the_last_ten_units_get_exactly_ten():
    cluster, builder = Safe(), Builder()
    quota = {"cpu": 10, "memory_gib": 999, "storage_gib": 999} | dict.fromkeys(
        ("pods", "services", "volumes"), 999
    )
    small = {"cpu": 1, "memory_gib": 1, "storage_gib": 1, "pods": 1, "services": 1, "volumes": 1}
    names = [f"system-{number}" for number in range(200)]
    cluster.put(agency(quota=quota))

    serve(cluster, builder, ask_and_approve(cluster, *names, size=None, quota=small))

    phases = [status(cluster, name)["phase"] for name in names]
    refused = [name for name in names if status(cluster, name)["phase"] == "Pending"]
    assert (phases.count("Ready"), len(refused)) == (10, 190)
    assert conditions(status(cluster, refused[0]))["Provisioned"] == ("False", "QuotaShort")
    assert len(cluster.objects["Tenant"]) == 10


def test_what_cannot_be_written_down_is_not_done(caplog):
    cluster, builder = Safe(), Builder()
    cluster.records = Full()

    serve(cluster, builder, ask_and_approve(cluster, "portal"))

    assert cluster.objects["Tenant"] == {}
    assert builder.runs == []
    assert "h26-desk-production/portal: " in caplog.text


class Full:
    """A disk that takes nothing more."""

    def append(self, act):
        raise MissingPartError(Problem("evidence-busy", act.about))


def test_more_quota_lets_those_who_wait_go_on():
    cluster, builder = Safe(), Builder()
    none = dict.fromkeys(("cpu", "memory_gib", "storage_gib", "pods", "services", "volumes"), 1)
    cluster.put(agency(quota=none))
    serve(cluster, builder, ask_and_approve(cluster, "portal"))
    before = status(cluster, "portal")["phase"]

    serve(cluster, builder, lambda: cluster.put(agency()))

    assert (before, status(cluster, "portal")["phase"]) == ("Pending", "Ready")


def test_budget_of_a_year_holds_like_quota():
    cluster, builder = Safe(), Builder()
    cluster.put(agency(budgets=[{"year": year, "vnd": 1} for year in (NOW.year, NOW.year + 1)]))

    serve(cluster, builder, ask_and_approve(cluster, "portal"))

    said = status(cluster, "portal")["conditions"]
    words = next(each["message"] for each in said if each["type"] == "Provisioned")
    assert f"vnd-{NOW.year}" in words
    assert "1 are left" in words or "chỉ còn 1" in words


def test_change_of_what_matters_asks_anew_and_keeps_the_tenant():
    cluster, builder = Safe(), Builder()
    serve(cluster, builder, ask_and_approve(cluster, "portal"))
    changed = {**cluster.objects["TenantRequest"][DESK, "portal"]}
    changed["spec"] = {**changed["spec"], "size": "M"}

    serve(cluster, builder, lambda: cluster.put(changed))
    waiting = status(cluster, "portal")
    serve(cluster, builder, ask_and_approve(cluster, "portal", size="M"))

    assert (waiting["phase"], waiting["waits_for"]) == ("Pending", ["head", "security-officer"])
    assert status(cluster, "portal")["phase"] == "Ready"
    assert [shard for shard, _ in builder.runs] == ["H26", "H26"]
    tenant = cluster.objects["Tenant"][DESK, "h26-portal-staging"]
    assert tenant["spec"]["approved"]["size"] == "M"


def test_request_that_breaks_the_rules_says_which():
    cluster, builder = Safe(), Builder()

    serve(cluster, builder, lambda: cluster.put(request("portal", stage="training")))

    found = status(cluster, "portal")
    assert (found["phase"], conditions(found)["Approved"]) == ("Failed", ("False", "Invalid"))
    assert builder.runs == []


def test_failed_run_is_told_and_tried_again(monkeypatch):
    monkeypatch.setattr(pauses, "FIRST_PAUSE", 0.0)
    cluster, told = Safe(), []
    builder = Builder(failures=2, then=lambda: told.append(phases(cluster)))

    async def live():
        made = Reconciler(cluster, Work(builder, cluster.records.append), lambda: NOW)
        cluster.listeners.append(made.learn)
        ask_and_approve(cluster, "portal")()
        while phases(cluster) != ["Ready"]:
            await made.idle()
            await asyncio.sleep(0)
        await made.close()

    asyncio.run(live())

    assert len(builder.runs) == 3
    assert told[1:] == [["Failed"], ["Failed"]]
    assert "boom" not in str(status(cluster, "portal")["conditions"])


def test_what_is_told_of_a_failed_run_starts_no_run_but_another_wish_does():
    cluster, seen = Safe(), []
    builder = Builder(failures=9)

    async def live():
        made = Reconciler(cluster, Work(builder, cluster.records.append), lambda: NOW)
        cluster.listeners.append(made.learn)
        ask_and_approve(cluster, "portal")()
        await made.idle()
        (tenant,) = cluster.objects["Tenant"].values()
        for more in (0, 1):  # its own words come back from the watch; then its spec is another
            tenant["metadata"]["generation"] += more
            made.learn(tenant)
            await made.idle()
            seen.append(len(builder.runs))
        await made.close()

    asyncio.run(live())

    assert seen == [1, 2]


def phases(cluster):
    found = cluster.objects["TenantRequest"].values()
    return [each.get("status", {}).get("phase") for each in found]


class KilledError(Exception):
    """The process is gone in the middle of a call."""


@pytest.mark.parametrize("seed", range(20))
def test_killed_at_any_point_every_request_ends_ready_and_nothing_is_doubled(seed):
    cluster, chance = Safe(), random.Random(seed)  # noqa: S311 - which call is the last
    names = [f"system-{number}" for number in range(50)]
    ask_and_approve(cluster, *names)()
    built = []

    async def life(calls):
        """One life of the operator; it ends after so many calls."""
        left = calls

        class Mortal:
            def __getattr__(self, name):
                def call(*arguments):
                    nonlocal left
                    left -= 1
                    if left < 0:
                        raise KilledError
                    return getattr(cluster, name)(*arguments)

                return call

        work = Work(lambda _, tenants: built.append(len(tenants)), cluster.records.append)
        made = Reconciler(Mortal(), work, lambda: NOW)
        for things in list(cluster.objects.values()):
            for each in list(things.values()):
                made.learn(each)
        await made.idle()
        await made.close()

    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)
    for _ in range(4):
        loop.run_until_complete(life(chance.randrange(1, 120)))
    loop.run_until_complete(life(10**6))
    loop.close()

    assert phases(cluster) == ["Ready"] * 50
    assert len(cluster.objects["Tenant"]) == 50


def test_when_all_is_ready_nothing_more_is_written():
    cluster, builder = Safe(), Builder()
    serve(cluster, builder, ask_and_approve(cluster, *(f"system-{n}" for n in range(5))))
    version, runs = cluster.version, len(builder.runs)

    serve(cluster, builder, lambda: None)

    assert (cluster.version, len(builder.runs)) == (version, runs)
