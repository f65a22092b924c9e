"""Break-glass takes two people, lasts for hours, passes our rules, and closes itself."""

import datetime as dt

import pytest
from cryptography import x509

from sen.access import emergency
from sen.access.emergency import Need, binding, close, is_over, open_for, sweep
from sen.access.judging import hold_to_rules
from sen.errors import MissingPartError, RefusedError
from stacks.problem import ProblemError
from tests.sen.access.memory import HOME, NOW
from tests.sen.access.memory import binding as plain

NEED = {
    "namespace": HOME,
    "user": "an@h26.vn",
    "hours": 2,
    "reason": "Cổng dịch vụ công ngừng hoạt động",
    "owner": "binh@h26.vn",
    "second": "chi@h26.vn",
}


def need(**changed):
    return Need(**{**NEED, **changed})


def later(**time):
    return NOW + dt.timedelta(**time)


def test_the_person_gets_a_certificate_of_the_group_that_is_bound(cluster, chain):
    made, pair = open_for(cluster, chain, need(), NOW)

    (group,) = made["subjects"]
    found = x509.load_pem_x509_certificate(pair.certificate)
    assert found.subject.rfc4514_string() == f"CN=an@h26.vn,O={group['name']}"
    assert found.not_valid_after_utc == later(hours=2)
    assert made["roleRef"]["name"] == "sen-tenant-admin"
    assert made["metadata"]["namespace"] == HOME
    assert list(cluster.things) == [("RoleBinding", HOME, made["metadata"]["name"])]


def test_the_end_is_written_as_a_day_and_to_the_minute():
    meta = binding(need(hours=4), NOW.replace(hour=21))["metadata"]

    assert meta["labels"]["sen.gov.vn/ends"] == "2026-11-23"
    assert meta["annotations"]["sen.gov.vn/ends-at"] == "2026-11-23T01:30Z"


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_no_rule_of_ours_refuses_it(cluster, level):
    cluster.add_home(level=level)

    assert hold_to_rules(binding(need(), NOW), cluster.homes[HOME]) >= 8


def test_it_is_recorded_who_why_and_until_when(cluster, chain):
    made, _ = open_for(cluster, chain, need(), NOW)

    first, second = chain.records()
    assert (first.act, first.about, second.act) == (
        "access.break-glass.open",
        HOME,
        "access.certificate",
    )
    assert first.data == {
        "user": "an@h26.vn",
        "reason": NEED["reason"],
        "owner": "binh@h26.vn",
        "second": "chi@h26.vn",
        "binding": made["metadata"]["name"],
        "ends": "2026-11-22T10:30Z",
    }


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"hours": 0}, "access-hours"),
        ({"hours": 5}, "access-hours"),
        ({"reason": "  "}, "access-no-reason"),
        ({"second": "binh@h26.vn"}, "access-one-person"),
        ({"second": "oidc:Binh@h26.vn"}, "access-one-person"),
        ({"second": "an@h26.vn"}, "access-one-person"),
        ({"user": "system:admin"}, "access-reserved"),
        ({"owner": "sen:admin"}, "access-reserved"),
        ({"second": ""}, "access-name"),
    ],
)
def test_what_is_not_two_people_with_a_reason_for_hours_is_refused(changed, message):
    with pytest.raises(ProblemError) as caught:
        need(**changed)

    assert [each.key for each in caught.value.problems] == [message]


def test_the_owner_may_be_who_gets_in():
    assert need(user="binh@h26.vn").owner == "binh@h26.vn"


def test_only_a_tenant_is_opened(cluster, chain):
    cluster.add_home("kube-system", agency=None)

    with pytest.raises(ProblemError, match="no such tenant"):
        open_for(cluster, chain, need(namespace="kube-system"), NOW)


def test_without_a_certificate_nothing_stays_open(cluster, chain, acts):
    cluster.refuses = {"approve"}

    with pytest.raises(RefusedError):
        open_for(cluster, chain, need(), NOW)

    assert cluster.things == {}
    assert [act for act, _ in acts()][-1] == "access.break-glass.open.failed"


def test_what_our_rules_refuse_is_not_opened(cluster, chain, acts, monkeypatch):
    def greedy(*arguments):
        made = binding(*arguments)
        made["subjects"][0] |= {"kind": "User", "name": "an@h26.vn"}
        return made

    monkeypatch.setattr(emergency, "binding", greedy)

    with pytest.raises(RefusedError, match="binding-people-by-group"):
        open_for(cluster, chain, need(), NOW)

    assert (cluster.things, acts()) == ({}, [])


def test_what_a_rule_only_warns_of_at_the_tenants_level_is_opened(cluster, chain, monkeypatch):
    def greedy(*arguments):
        made = binding(*arguments)
        made["subjects"].append({"kind": "User", "name": "an@h26.vn"})
        return made

    cluster.add_home(level=1)
    monkeypatch.setattr(emergency, "binding", greedy)

    made, _ = open_for(cluster, chain, need(), NOW)

    assert made["subjects"][1]["kind"] == "User"


def test_an_opening_is_over_at_its_minute_and_not_before():
    made, end = binding(need(), NOW), NOW.replace(hour=10, second=0)

    assert is_over(made, end)
    assert not is_over(made, end - dt.timedelta(microseconds=1))


def test_a_sweep_closes_what_is_past_its_minute_and_nothing_else(cluster, chain):
    cluster.create(plain(groups=["oidc:h26-viewers"]))
    short, _ = open_for(cluster, chain, need(hours=1), NOW)
    long, _ = open_for(cluster, chain, need(hours=2), NOW)
    before = sweep(cluster, chain, later(minutes=59))

    closed = sweep(cluster, chain, later(hours=1))

    assert before == []
    assert closed == [
        {
            "namespace": HOME,
            "binding": short["metadata"]["name"],
            "user": "an@h26.vn",
            "ends": "2026-11-22T09:30Z",
        }
    ]
    assert {name for _, _, name in cluster.things} == {"viewers", long["metadata"]["name"]}
    assert [each.act for each in chain.records()][-1] == "access.break-glass.sweep"


@pytest.mark.parametrize("end", [None, "", "2027-01-01", "soon"])
def test_an_end_that_nobody_can_read_is_past(end):
    made = binding(need(), NOW)
    made["metadata"]["annotations"]["sen.gov.vn/ends-at"] = end or ""

    assert is_over(made, NOW)


def test_closing_closes_every_opening_of_the_tenant_and_of_no_other(cluster, chain, acts):
    cluster.add_home("h57-a-dev", "H57")
    for namespace in (HOME, HOME, "h57-a-dev"):
        open_for(cluster, chain, need(namespace=namespace), NOW)

    closed = close(cluster, chain, HOME)

    assert len(closed) == 2
    assert [home for _, home, _ in cluster.things] == ["h57-a-dev"]
    assert close(cluster, chain, HOME) == []
    assert acts()[-2:] == [("access.break-glass.close", HOME)] * 2


def test_nothing_is_opened_or_closed_that_cannot_be_recorded(cluster, chain, monkeypatch):
    def full(*_):
        raise MissingPartError

    open_for(cluster, chain, need(), NOW)
    before = dict(cluster.things)
    monkeypatch.setattr(chain, "append", full)

    for act in (
        lambda: open_for(cluster, chain, need(), NOW),
        lambda: close(cluster, chain, HOME),
        lambda: sweep(cluster, chain, later(hours=9)),
    ):
        with pytest.raises(MissingPartError):
            act()

    assert cluster.things == before
