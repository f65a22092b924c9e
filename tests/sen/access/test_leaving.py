"""One command removes a person everywhere, and nobody else."""

import pytest

from sen.access.certificate import Wish, issue
from sen.access.leaving import leave, still_valid
from sen.errors import MissingPartError
from stacks.problem import ProblemError
from tests.sen.access.memory import HOME, NOW, binding, request_named

AN = "an@h26.vn"
BOOTSTRAP = {"labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}


def subjects(cluster):
    return {
        address: [each["name"] for each in thing["subjects"]]
        for address, thing in cluster.things.items()
        if "subjects" in thing
    }


def test_every_right_of_the_person_goes_and_others_stay(cluster, chain):
    for each in (
        binding("alone", users=[AN]),
        binding("shared", users=[AN, "binh@h26.vn"], groups=["oidc:h26-heads"]),
        binding("spelled", "h57-a-dev", users=["oidc:An@H26.vn"]),
        binding("everywhere", None, users=[AN]),
        binding("view", None, users=[AN], **BOOTSTRAP),
        binding("group", groups=[AN]),
        binding("opened", groups=["sen:x"], annotations={"sen.gov.vn/break-glass-user": AN}),
    ):
        cluster.create(each)

    done = leave(cluster, chain, AN, NOW)

    assert subjects(cluster) == {
        ("RoleBinding", HOME, "shared"): ["binh@h26.vn", "oidc:h26-heads"],
        ("ClusterRoleBinding", None, "view"): [],
        ("RoleBinding", HOME, "group"): [AN],
    }
    assert [(row["name"], row["removed"]) for row in done] == [
        ("alone", "all of it"),
        ("shared", "this person only"),
        ("spelled", "all of it"),
        ("opened", "all of it"),
        ("everywhere", "all of it"),
        ("view", "this person only"),
    ]


def test_the_second_time_nothing_is_removed_and_that_is_recorded(cluster, chain):
    cluster.create(binding(users=[AN]))

    first, second = leave(cluster, chain, AN, NOW), leave(cluster, chain, AN, NOW)

    assert (len(first), second) == (1, [])
    assert [len(each.data["removed"]) for each in chain.records()] == [1, 0]


@pytest.mark.parametrize(
    ("request_", "goes"),
    [
        (request_named(AN), True),
        (request_named("oidc:An@h26.vn"), True),
        (request_named("binh@h26.vn"), False),
        (request_named("binh@h26.vn", asker=AN), True),
        (request_named(AN, status={"conditions": [{"type": "Approved"}]}), True),
        (request_named(AN, status={"conditions": [{"type": "Denied"}]}), False),
        (request_named(AN, status={"conditions": [{"type": "Failed"}]}), False),
        (request_named(AN, status={"certificate": "x"}), False),
        (request_named(AN, pem=b"nothing"), False),
        (request_named("x", pem=b"nothing", asker=AN), True),
    ],
)
def test_what_they_still_wait_for_is_taken_back(cluster, chain, request_, goes):
    cluster.create(request_)

    leave(cluster, chain, AN, NOW)

    assert (cluster.things == {}) is goes


@pytest.mark.parametrize("name", ["system:kube-scheduler", "sen:admin"])
def test_a_part_of_the_system_does_not_leave(cluster, chain, name):
    cluster.create(binding(users=[name]))

    with pytest.raises(ProblemError, match="belong to the platform"):
        leave(cluster, chain, name, NOW)

    assert len(cluster.things) == 1


def test_nothing_goes_that_cannot_be_recorded(cluster, chain, monkeypatch):
    def full(*_):
        raise MissingPartError

    cluster.create(binding(users=[AN]))
    monkeypatch.setattr(chain, "append", full)

    with pytest.raises(MissingPartError):
        leave(cluster, chain, AN, NOW)

    assert len(cluster.things) == 1


def test_certificates_that_still_hold_are_told(cluster, chain):
    for user, hours in ((AN, 2), (AN, 1), ("binh@h26.vn", 8)):
        issue(cluster, chain, Wish(user, (), hours), NOW)

    assert still_valid(chain, AN, NOW) == ["2026-11-22T09:30Z", "2026-11-22T10:30Z"]
    assert still_valid(chain, AN, NOW.replace(hour=10)) == ["2026-11-22T10:30Z"]
    assert still_valid(chain, AN, NOW.replace(hour=11)) == []
