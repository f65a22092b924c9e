"""A right is looked at again at the interval of its tenant's level (AC-04)."""

import datetime as dt

import pytest

from sen.access.review import comes_back, confirm, later, review, revoke
from sen.errors import MissingPartError, RefusedError
from stacks.problem import ProblemError
from tests.sen.access.memory import HOME, NOW, binding

pytestmark = pytest.mark.control("AC-04")


def days(number):
    return NOW + dt.timedelta(days=number)


@pytest.mark.parametrize(("level", "months"), [(1, 12), (2, 12), (3, 6), (4, 3), (5, 1)])
def test_the_interval_is_that_of_the_level(cluster, level, months):
    cluster.add_home(level=level)
    cluster.create(binding(groups=["oidc:h26-viewers"]))

    (row,) = review(cluster, NOW, tenant=HOME)

    assert (row["level"], row["every_months"]) == (level, months)
    assert row["due"] == later(dt.date(2026, 11, 1), months).isoformat()


def test_a_right_that_nobody_looked_at_counts_from_its_making(cluster):
    cluster.create(binding(groups=["oidc:h26-viewers"], creationTimestamp="2026-05-22T23:59:59Z"))

    (row,) = review(cluster, NOW, tenant=HOME)

    assert (row["reviewed"], row["due"], row["overdue"]) == (None, "2026-11-22", True)
    assert row["subjects"] == "Group oidc:h26-viewers"


@pytest.mark.parametrize(
    ("within", "names"),
    [(None, ["old", "soon", "later"]), (0, ["old"]), (9, ["old"]), (10, ["old", "soon"])],
)
def test_what_is_due_is_listed_alone_when_asked_for(cluster, within, names):
    made = {"old": "2020-01-01", "soon": "2026-06-02", "later": "2026-06-03"}
    for name, day in made.items():
        cluster.create(binding(name, creationTimestamp=f"{day}T00:00:00Z"))

    assert [row["binding"] for row in review(cluster, NOW, within=within)] == names


def test_a_level_that_nobody_knows_is_the_strictest(cluster):
    cluster.homes[HOME]["metadata"]["labels"].pop("sen.gov.vn/level")
    cluster.create(binding())

    assert review(cluster, NOW)[0]["every_months"] == 1


def test_what_was_confirmed_is_due_an_interval_later(cluster, chain):
    cluster.create(binding(groups=["oidc:h26-viewers"], creationTimestamp="2020-01-01T00:00:00Z"))

    confirm(cluster, chain, HOME, "viewers", NOW)
    (row,) = review(cluster, NOW)

    assert (row["reviewed"], row["reviewed_by"]) == ("2026-11-22", "sen:admin")
    assert (row["due"], row["overdue"]) == ("2027-05-22", False)
    assert [each["overdue"] for each in review(cluster, days(180))] == [False]
    assert [each["overdue"] for each in review(cluster, days(181))] == [True]


def test_another_subject_since_is_not_confirmed(cluster, chain):
    cluster.create(binding(groups=["oidc:h26-viewers"], creationTimestamp="2020-01-01T00:00:00Z"))
    made = confirm(cluster, chain, HOME, "viewers", NOW)
    made["subjects"].append({"kind": "Group", "name": "oidc:others"})
    cluster.replace(made)

    (row,) = review(cluster, NOW)

    assert (row["reviewed"], row["reviewed_by"], row["overdue"]) == (None, None, True)


@pytest.mark.parametrize("noted", ["", "tomorrow", "2026-11-22", "2026-11-22T08:00:00"])
def test_a_note_that_is_no_moment_does_not_count(cluster, chain, noted):
    cluster.create(binding())
    made = confirm(cluster, chain, HOME, "viewers", NOW)
    made["metadata"]["annotations"]["sen.gov.vn/reviewed"] = noted
    cluster.replace(made)

    assert review(cluster, NOW)[0]["reviewed"] is None


def test_an_agency_with_those_under_it_what_is_due_first(cluster):
    for name, agency in (
        ("h26-00070-a-dev", "H26.00070"),
        ("h57-a-dev", "H57"),
        ("h260-a-dev", "H260"),
    ):
        cluster.add_home(name, agency)
        cluster.create(binding(namespace=name))
    cluster.create(binding("old", creationTimestamp="2020-01-01T00:00:00Z"))
    cluster.create(binding("system:proxy"))
    cluster.create(binding(namespace="kube-system"))

    found = review(cluster, NOW, agency="H26")

    assert [(row["namespace"], row["binding"]) for row in found] == [
        (HOME, "old"),
        ("h26-00070-a-dev", "viewers"),
    ]
    assert len(review(cluster, NOW)) == 4


def test_a_confirmation_keeps_other_notes_and_is_recorded(cluster, chain):
    cluster.create(binding(groups=["oidc:a"], annotations={"own": "note"}))

    made = confirm(cluster, chain, HOME, "viewers", NOW)

    assert made["metadata"]["annotations"]["own"] == "note"
    (record,) = chain.records()
    assert (record.act, record.about) == ("access.confirm", f"{HOME}/viewers")
    assert record.data == {"role": "sen-tenant-viewer", "subjects": ["Group oidc:a"]}


def test_a_revoked_right_is_gone_and_recorded(cluster, chain):
    cluster.create(binding(groups=["oidc:a"]))

    gone = revoke(cluster, chain, HOME, "viewers")

    assert cluster.things == {}
    assert gone["subjects"][0]["name"] == "oidc:a"
    (record,) = chain.records()
    assert (record.act, record.data["subjects"]) == ("access.revoke", ["Group oidc:a"])
    with pytest.raises(ProblemError, match="no such binding"):
        revoke(cluster, chain, HOME, "viewers")


@pytest.mark.parametrize("act", [lambda *a: confirm(*a, NOW), revoke], ids=["confirm", "revoke"])
def test_nothing_is_done_that_cannot_be_recorded(cluster, chain, monkeypatch, act):
    def full(*_):
        raise MissingPartError

    cluster.create(binding())
    before = dict(cluster.things)
    monkeypatch.setattr(chain, "append", full)

    with pytest.raises(MissingPartError):
        act(cluster, chain, HOME, "viewers")

    assert cluster.things == before


def test_a_refused_act_is_recorded_as_such(cluster, chain, acts):
    cluster.create(binding())
    cluster.refuses = {"delete"}

    with pytest.raises(RefusedError):
        revoke(cluster, chain, HOME, "viewers")

    assert [act for act, _ in acts()] == ["access.revoke", "access.revoke.failed"]


@pytest.mark.parametrize(
    ("name", "yes"), [("tenant-viewer", True), ("sen-requester", True), ("own", False)]
)
def test_what_a_request_names_comes_back(name, yes):
    assert comes_back(binding(name)) is yes


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2027-12-31", 2, "2028-02-29"),
        ("2026-11-22", 1, "2026-12-22"),
        ("2026-12-22", 1, "2027-01-22"),
        ("2026-11-22", 12, "2027-11-22"),
    ],
)
def test_months_later(day, months, then):
    assert later(dt.date.fromisoformat(day), months).isoformat() == then
