"""The verbs of a tenant's life: each says its wish at the desk, in one's own name, and no more."""

from __future__ import annotations

import json

import pytest

from sen.cli import tenant_life
from tests.request_of import request_of

AT = ("portal-staging", "--agency", "H26")


class Desk:
    """A desk that remembers what it was told."""

    def __init__(self):
        self.said, self.phases = [], []
        self.thing = {"metadata": {"generation": 2}, "spec": request_of(level=3)}

    def change(self, agency, name, changes):
        self.said.append((agency, name, changes))
        return self.thing

    def hold(self, agency, name, hold):
        self.said.append((agency, name, hold))

    def request(self, agency, name):
        if self.phases:
            phase, generation = self.phases.pop(0)
            said = {"type": "Ready", "status": "True", "reason": "Built", "message": phase}
            said["lastTransitionTime"] = "2026-11-22T03:00:00Z"
            status = {"phase": phase, "observedGeneration": generation, "conditions": [said]}
            self.thing = {**self.thing, "status": status}
        return self.thing


@pytest.fixture
def desk(monkeypatch):
    made = Desk()
    monkeypatch.setattr(tenant_life, "_door", lambda *_: made)
    monkeypatch.setattr(tenant_life, "POLL_SECONDS", 0)
    return made


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        (("extend", *AT, "--until", "2027-12-31"), {"ends": "2027-12-31"}),
        (("resize", *AT, "--size", "M"), {"size": "M", "quota": None}),
        (("end", *AT), {"state": "Ended"}),
        (("transfer", *AT, "--to", "H29"), {"transfer_to": "H29"}),
    ],
)
def test_what_everybody_decides_on_names_who_decides(sen, desk, words, changes):
    said = sen("tenant", *words)

    assert (said.code, desk.said) == (0, [("H26", "portal-staging", changes)])
    assert "to decide: head, security-officer, platform" in said.out


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        (("suspend", *AT), {"state": "Suspended"}),
        (("resume", *AT), {"state": "Active"}),
        (("transfer", *AT, "--withdraw"), {"transfer_to": None}),
    ],
)
def test_what_nobody_decides_on_is_done_at_once(sen, desk, words, changes):
    said = sen("tenant", *words)

    assert (said.code, desk.said) == (0, [("H26", "portal-staging", changes)])
    assert "to decide" not in said.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "--withdraw"),
        (("--to", "H29", "--withdraw"), "--withdraw"),
        (("--to", "H26"), "H26"),
        (("--to", "H99"), "H99"),
    ],
)
def test_transfer_to_nobody_oneself_or_a_stranger_is_refused(sen, desk, words, told):
    said = sen("tenant", "transfer", *AT, *words)

    assert (said.code, desk.said) == (2, [])
    assert told in said.err


def test_receiver_says_what_is_its_own_to_say(sen, desk):
    words = ("--budget-code", "H29-2026-001", "--admins", "h29-a", "--admins", "h29-b")
    words += ("--officer", "an.le@tphcm.gov.vn", "--unit", "Văn phòng", "--ceiling", "9000000")

    said = sen("tenant", "accept", "h26-portal-staging", "--agency", "H29", *words)

    assert said.code == 0, said.err
    ((agency, name, changes),) = desk.said
    assert (agency, name) == ("H29", "h26-portal-staging")
    assert changes["budget"] == {"code": "H29-2026-001", "monthly_ceiling_vnd": 9_000_000}
    assert changes["groups"] == {"admins": ["h29-a", "h29-b"], "deployers": [], "viewers": []}
    assert changes["system"]["owner_unit"] == "Văn phòng"
    assert changes["system"]["slug"] == "portal"


def test_hold_and_release_are_about_the_tenant(sen, desk):
    held = sen("tenant", "hold", *AT, "--reason", "Thanh tra", "--document", "12/TTr")
    freed = sen("tenant", "release", *AT)

    assert (held.code, freed.code) == (0, 0)
    hold = {"reason": "Thanh tra", "document": "12/TTr"}
    assert [each[2] for each in desk.said] == [hold, None]


@pytest.mark.parametrize(("phase", "code"), [("Ready", 0), ("Transferred", 0), ("Rejected", 1)])
def test_watch_ends_when_what_is_asked_for_now_is_settled(sen, desk, phase, code):
    desk.phases = [("Ready", 1), ("Pending", 2), ("Pending", 2), (phase, 2)]

    said = sen("tenant", "watch", *AT)

    assert said.code == code
    lines = said.out.splitlines()
    assert len(lines) == len(set(lines))
    assert {each.rpartition(" ")[2] for each in lines} == {"Ready", "Pending", phase}


def test_watch_gives_up_after_its_time(sen, desk):
    desk.phases = [("Pending", 2)]

    assert sen("tenant", "watch", *AT, "--timeout", "0").code == 1


def test_history_is_read_without_a_platform_too(sen, desk):
    past = {"at": "2026-11-20T00:00:00Z", "by": ["binh"], "ends": "2027-01-01", "price_vnd": 5}
    desk.thing["metadata"] |= {"namespace": "h26-desk-production", "name": "portal-staging"}
    desk.thing["status"] = {"history": [past]}

    said = sen("tenant", "history", *AT, "--name", "nowhere", "-o", "json")

    (row,) = json.loads(said.out)
    assert (row["what"], row["by"]) == ("approved", "binh")
