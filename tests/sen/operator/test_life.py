"""A tenant's whole life by the calendar: warned, suspended, resumed, ended, gone; held if it must.

The operator runs over objects in memory, one life of it after the other; the clock is ours.
"""

import asyncio
import datetime as dt
import json
import random

import pytest

from sen.evidence.chain import Chain
from sen.evidence.verification import verify
from sen.operator import life as module
from sen.operator.life import Life
from sen.operator.reconciler import Reconciler
from sen.operator.shelf import Shelf
from sen.operator.telling import Means, Teller
from sen.operator.transfer import Transfers
from sen.operator.work import Work
from sen.operator.world import grant_of
from sen.tenancy.life.archive import verify as archive_verified
from sen.tenancy.life.export import Papers
from sen.tenancy.life.objects import Kind
from tests.sen.operator.cluster import DESK, Cluster, approvals, request
from tests.sen.tenancy.life.namespace import (
    CONFIG,
    CRON_JOB,
    DEPLOYMENT,
    JOB,
    NAMESPACE,
    SECRET,
    Memory,
    thing,
)

TENANT = "h26-portal-staging"
ROLE_BINDING = Kind("rbac.authorization.k8s.io/v1", "RoleBinding")
AGREEMENT = Kind("sen.gov.vn/v1alpha1", "SharingAgreement")
START = dt.datetime.now(dt.UTC).replace(hour=3, minute=0, second=0, microsecond=0)


class KilledError(BaseException):
    """The process is gone in the middle of a call."""


class Country:
    """A cluster, a calendar, and an operator that is started anew for each look at them."""

    def __init__(self, folder, *things):
        self.cluster, self.now = Cluster(), START
        account = {"kind": "ServiceAccount", "name": "app", "namespace": TENANT}
        other = {"kind": "Group", "name": "oidc:others"}
        self.memory = Memory(
            thing(NAMESPACE, TENANT, namespace=None),
            thing(DEPLOYMENT, "web", spec={"replicas": 3}),
            thing(SECRET, "password", data={"key": "c2VjcmV0LXdvcmQ="}, type="Opaque"),
            thing(CONFIG, "settings", data={"colour": "blue"}),
            thing(ROLE_BINDING, "theirs", namespace="g06-x-production", subjects=[account]),
            thing(ROLE_BINDING, "both", namespace="g06-x-production", subjects=[account, other]),
            thing(AGREEMENT, "reads", namespace=DESK, spec={"provider": "a", "consumer": TENANT}),
            *things,
        )
        self.chain = Chain(folder / "chain.jsonl", lambda: self.now)
        self.folder, self.built, self.left, self.bucket = folder, [], None, None

    @property
    def tenant(self):
        return self.cluster.objects["Tenant"][DESK, TENANT]

    @property
    def request(self):
        return self.cluster.objects["TenantRequest"][DESK, "portal"]

    def ask(self, **changed):
        spec = {**self.request["spec"], **changed}
        self.cluster.put({**self.request, "spec": spec})

    def approve(self):
        for each in approvals(self.request):
            name = f"{each['metadata']['name']}-{each['spec']['material'][:6]}"
            each["metadata"]["name"] = name
            self.cluster.put(each)

    def hold(self, hold):
        spec = {key: each for key, each in self.tenant["spec"].items() if key != "legal_hold"}
        spec |= {"legal_hold": hold} if hold else {}
        self.cluster.put({**self.tenant, "spec": spec})

    def build(self, shard, tenants):
        self._counted()
        self.built.append([each["spec"].get("state") for each in tenants])

    def remove(self, shard, leaving, staying):
        self._counted()
        assert leaving == [TENANT]
        self.memory.remove_namespace(TENANT)

    def look(self, calls=None):
        """Let an operator do all that a moment demands; it is killed after so many calls."""
        self.left = calls
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda *_: None)
        try:
            loop.run_until_complete(self._live())
        except KilledError:
            pass
        finally:
            # A killed process leaves no thread behind; one that went on would be a second operator.
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()

    def days(self, count, every=1):
        """Let days go by, with an operator on each of them."""
        for _ in range(0, count, every):
            self.now += dt.timedelta(days=every)
            self.look()

    async def _live(self):
        behind = (self.cluster, self.memory, self.chain)
        api, memory, chain = (Mortal(self, each) for each in behind)
        means = Means(
            objects=memory,
            record=chain.append,
            records=self.chain.lines,
            shelf=Shelf(self.folder / "archives", self.bucket),
            papers=lambda *_: Papers(records=list(self.chain.lines())),
            seal=lambda: None,
        )
        teller = Teller(api, lambda: self.now)
        life, transfers = Life(teller, means), Transfers(teller, means, api)
        work = Work(self.build, chain.append, self.remove, life, transfers=transfers)
        made = Reconciler(api, work, lambda: self.now)
        for things in list(self.cluster.objects.values()):
            for each in list(things.values()):
                made.learn(each)
        made.look_at_lives()
        try:
            await made.idle()
        finally:
            await made.close()

    def _counted(self):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise KilledError


class Mortal:
    """Whatever is behind it, until the process is killed."""

    def __init__(self, country, behind):
        self._country, self._behind = country, behind

    def __getattr__(self, name):
        def call(*arguments):
            self._country._counted()
            return getattr(self._behind, name)(*arguments)

        return call


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """What is looked at again in seconds is looked at again at once."""
    monkeypatch.setattr(module, "SOON_SECONDS", None)


@pytest.fixture
def country(tmp_path):
    """A country with one tenant that stands and runs for a hundred days."""
    made = Country(tmp_path)
    ends = (START.astimezone().date() + dt.timedelta(days=100)).isoformat()
    made.cluster.put(request("portal", ends=ends))
    made.approve()
    made.look()
    assert phase(made) == ("Ready", "Ready")
    return made


def phase(country):
    return country.tenant["status"]["phase"], country.request["status"]["phase"]


def said(country, kind):
    found = country.tenant["status"]["conditions"]
    return next(((e["status"], e["reason"]) for e in found if e["type"] == kind), None)


def acts(country, name):
    return [each for each in country.chain.records() if each.act == name]


def replicas(country):
    found = country.memory.get(DEPLOYMENT, "web", TENANT)
    return found["spec"]["replicas"], found["metadata"].get("annotations", {})


def test_what_is_suspended_stands_still_and_comes_back_as_it_was(country):
    country.ask(state="Suspended")
    country.look()
    stopped = phase(country), said(country, "Suspended"), replicas(country)[0], country.built[-1]
    kept = country.memory.get(SECRET, "password", TENANT) is not None

    country.ask(state="Active")
    country.look()

    assert stopped == (("Suspended", "Suspended"), ("True", "Asked"), 0, ["Suspended"])
    assert kept
    assert phase(country) == ("Ready", "Ready")
    assert said(country, "Suspended") == ("False", "Resumed")
    assert (replicas(country), country.built[-1]) == ((3, {}), ["Active"])
    assert [len(acts(country, f"tenant.{word}")) for word in ("suspend", "resume")] == [1, 1]


def test_people_are_warned_four_times_and_each_warning_is_recorded_once(country):
    country.days(100)

    warned = [each.data["days"] for each in acts(country, "tenant.warn")]
    assert warned == ["60", "30", "7", "1"]
    assert said(country, "Ending") == ("True", "EndsSoon")
    assert phase(country) == ("Ready", "Ready")
    assert replicas(country)[0] == 3


def test_after_its_last_day_it_stands_still_and_after_the_grace_it_is_gone(country):
    country.days(101)
    after_the_end = phase(country), replicas(country)[0]
    country.days(29)
    within_grace = phase(country), country.memory.get(NAMESPACE, TENANT) is not None
    country.days(1)

    assert after_the_end == (("Ending", "Ending"), 0)
    assert within_grace == (("Ending", "Ending"), True)
    assert phase(country) == ("Offboarded", "Offboarded")
    assert said(country, "Offboarded") == ("True", "Removed")
    assert_nothing_is_left(country)


def assert_nothing_is_left(country):
    left = [key for key in country.memory.things if TENANT in key]
    (binding,) = country.memory.each(ROLE_BINDING)
    (record,) = acts(country, "tenant.offboard")
    (folder,) = (country.folder / "archives" / TENANT).glob(f"{TENANT}-*")
    report = json.loads((folder.parent / "report.json").read_text())
    assert left == []
    assert [each["name"] for each in binding["subjects"]] == ["oidc:others"]
    assert country.memory.each(AGREEMENT) == []
    assert record.data["before"]["Deployment"] == 1
    assert set(record.data["after"].values()) == {0}
    assert report["sha256"] == record.data["sha256"]
    assert all(archive_verified(folder).values())
    assert "secret-word" not in everything(folder)
    assert "c2VjcmV0LXdvcmQ=" not in everything(folder)
    assert json.loads((folder / "secrets.json").read_text())[0]["keys"] == ["key"]
    assert verify(country.chain.lines()).sound


def everything(folder):
    return "".join(each.read_text() for each in folder.rglob("*") if each.is_file())


def test_what_it_was_given_is_given_back(country):
    country.days(131)

    taken = grant_of(country.tenant).amounts
    assert all(name.startswith("vnd-") for name in taken)
    assert sum(taken.values()) > 0


def test_it_is_never_built_again(country):
    country.days(131)
    built = len(country.built)

    country.ask(reason="Xin lại")
    country.look()
    country.days(3)

    assert (len(country.built), phase(country)) == (built, ("Offboarded", "Offboarded"))


def test_more_time_within_the_grace_brings_it_back(country):
    country.days(110)
    assert phase(country) == ("Ending", "Ending")

    ends = (country.now.date() + dt.timedelta(days=90)).isoformat()
    country.ask(ends=ends)
    country.look()
    waiting = country.request["status"]["phase"], replicas(country)[0]
    country.approve()
    country.look()

    assert waiting == ("Pending", 0)
    assert (phase(country), replicas(country)[0]) == (("Ready", "Ready"), 3)
    assert said(country, "Ending") == ("False", "Extended")
    assert [each["ends"] for each in country.request["status"]["history"]][-1] == ends


def test_end_before_the_last_day_is_the_whole_chains_word(country):
    country.ask(state="Ended")
    country.days(3)
    waiting = phase(country), country.tenant["spec"]["ends"], replicas(country)[0]
    last = country.tenant["spec"]["ends"]

    country.approve()
    country.look()
    agreed = country.tenant["spec"]["ends"]
    country.days(1)
    stopped = phase(country), replicas(country)[0]
    country.days(30)

    assert waiting == (("Ready", "Pending"), last, 3)
    assert agreed == (START + dt.timedelta(days=3)).astimezone().date().isoformat() < last
    assert stopped == (("Ending", "Ending"), 0)
    assert phase(country) == ("Offboarded", "Offboarded")


HOLD = {
    "reason": "Cơ quan điều tra yêu cầu",
    "document": "12/CQĐT",
    "by": "dung",
    "since": START.isoformat(),
}


@pytest.mark.parametrize("day", [50, 101, 120])
def test_under_a_legal_hold_nothing_is_stopped_or_removed(country, day):
    country.days(day)
    before, runs = phase(country)[0], replicas(country)[0]
    country.hold(HOLD)

    country.days(200, every=10)
    held = phase(country)[0], replicas(country)[0], said(country, "LegalHold")
    country.hold(None)
    country.days(1)
    released = country.memory.get(NAMESPACE, TENANT) is not None
    country.days(31)

    assert held == (before, runs, ("True", "Held"))
    assert released
    assert len(acts(country, "tenant.held")) == 1
    assert phase(country)[0] == "Offboarded"


def test_hold_that_comes_while_the_archive_is_written_stops_the_removal(country, monkeypatch):
    country.days(130)
    amend = country.cluster.amend

    def held_meanwhile(tenant, changes):
        if "closed_at" in changes and not acts(country, "tenant.offboard"):
            country.hold(HOLD)
        return amend(tenant, changes)

    monkeypatch.setattr(country.cluster, "amend", held_meanwhile)
    country.days(1)
    monkeypatch.undo()
    monkeypatch.setattr(module, "SOON_SECONDS", None)
    country.days(40, every=10)

    assert "closed_at" not in country.tenant["spec"]
    assert country.memory.get(NAMESPACE, TENANT) is not None


def test_dump_runs_before_the_end_and_nothing_goes_until_it_is_complete(tmp_path):
    hook = {"labels": {"sen.gov.vn/export-hook": "database"}}
    spec = {"suspend": True, "jobTemplate": {"spec": {"template": {}}}}
    made = Country(tmp_path, thing(CRON_JOB, "dump", spec=spec, meta=hook))
    ends = (START.astimezone().date() + dt.timedelta(days=10)).isoformat()
    made.cluster.put(request("portal", ends=ends))
    made.approve()
    made.look()

    made.days(11)
    waits = said(made, "Ending"), replicas(made)[0]
    made.days(60)
    blocked = said(made, "Ending"), made.memory.get(NAMESPACE, TENANT) is not None
    job = made.memory.get(JOB, f"sen-{ends[2:].replace('-', '')}-dump", TENANT)
    done = {"conditions": [{"type": "Complete", "status": "True"}]}
    made.memory.put({**job, "status": done})
    made.days(1)

    assert waits == (("True", "ExportRuns"), 3)
    assert blocked == (("True", "ExportWaits"), True)
    assert phase(made)[0] == "Offboarded"


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_any_point_of_its_life_it_goes_on_and_nothing_is_lost_or_doubled(tmp_path, seed):
    chance = random.Random(seed)  # noqa: S311 - which call is the last
    made, last = Country(tmp_path), 12
    ends = (START.astimezone().date() + dt.timedelta(days=last)).isoformat()
    made.cluster.put(request("portal", ends=ends))
    made.approve()
    wishes = {2: "Suspended", 5: "Active", 7: "Suspended", 9: "Active"}
    there, left_on = True, None

    for day in range(60):
        if day in wishes:
            made.look()
            made.ask(state=wishes[day])
        made.look(calls=chance.randrange(1, 100 if day > last else 25))
        if day in {3, 11}:
            made.look()
            assert replicas(made)[0] == (0 if day == 3 else 3)
        if there and made.memory.get(NAMESPACE, TENANT) is None:
            there, left_on = False, day
        made.now += dt.timedelta(days=1)

    made.look()
    assert phase(made) == ("Offboarded", "Offboarded")
    assert left_on > last + 30
    assert_nothing_is_left(made)
    warned = [each.data["days"] for each in acts(made, "tenant.warn")]
    assert warned == sorted(set(warned), key=int, reverse=True)
