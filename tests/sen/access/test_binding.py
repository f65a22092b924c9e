"""Who may do what where: a row per subject, and the rows that were asked for."""

import pytest

from sen.access.binding import Filter, ours, rows
from sen.errors import RefusedError
from stacks.problem import ProblemError
from tests.sen.access.memory import HOME, binding

ENDS = {"labels": {"sen.gov.vn/ends": "2027-03-31"}}
BOOTSTRAP = {"labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}
EMERGENCY = {
    "labels": {"sen.gov.vn/ends": "2026-11-22"},
    "annotations": {
        "sen.gov.vn/ends-at": "2026-11-22T10:00Z",
        "sen.gov.vn/break-glass-user": "an@h26.vn",
    },
}


@pytest.fixture
def filled(cluster):
    cluster.add_home("h57-portal-staging", "H57")
    made = (
        binding(groups=["oidc:h26-viewers", "oidc:h26-auditors"], **ENDS),
        binding("own", users=["an@h26.vn"]),
        binding("break-glass-1", groups=["sen:break-glass-1"], **EMERGENCY),
        binding("viewers", "h57-portal-staging", groups=["oidc:h57-viewers"]),
        binding("inspectors", None, "sen-inspector", groups=["oidc:sen-inspectors"]),
        binding("cluster-admin", None, "cluster-admin", groups=["system:masters"], **BOOTSTRAP),
        binding("system:node", None, "system:node", users=["an@h26.vn"]),
        {**binding("nobody"), "subjects": None},
    )
    for each in made:
        cluster.create(each)
    return cluster


def short(found):
    return [(row["namespace"], row["binding"], row["subject"]) for row in found]


def test_a_row_says_who_may_do_what_where_until_when(filled):
    row = rows(filled, Filter(group="h26-viewers"))[0]

    assert row == {
        "namespace": HOME,
        "binding": "viewers",
        "role": "ClusterRole/sen-tenant-viewer",
        "kind": "Group",
        "subject": "oidc:h26-viewers",
        "for": None,
        "ends": "2027-03-31",
    }


def test_everything_but_kubernetes_own(filled):
    assert short(rows(filled, Filter())) == [
        ("*", "inspectors", "oidc:sen-inspectors"),
        (HOME, "break-glass-1", "sen:break-glass-1"),
        (HOME, "own", "an@h26.vn"),
        (HOME, "viewers", "oidc:h26-auditors"),
        (HOME, "viewers", "oidc:h26-viewers"),
        ("h57-portal-staging", "viewers", "oidc:h57-viewers"),
    ]


def test_a_tenant_with_those_who_reach_it_from_above(filled):
    assert short(rows(filled, Filter(tenant="h57-portal-staging"))) == [
        ("*", "inspectors", "oidc:sen-inspectors"),
        ("h57-portal-staging", "viewers", "oidc:h57-viewers"),
    ]


def test_a_person_by_name_and_by_break_glass(filled):
    found = rows(filled, Filter(user="oidc:An@h26.vn"))

    assert [row["binding"] for row in found] == ["break-glass-1", "own"]
    assert (found[0]["for"], found[0]["ends"]) == ("an@h26.vn", "2026-11-22T10:00Z")


def test_an_account_is_named_with_its_home(cluster):
    account = {"kind": "ServiceAccount", "name": "ci", "namespace": "h26-ci"}
    cluster.create({**binding(), "subjects": [account]})

    assert short(rows(cluster, Filter())) == [(HOME, "viewers", "h26-ci/ci")]
    assert rows(cluster, Filter(user="ci")) == rows(cluster, Filter(group="ci")) == []


@pytest.mark.parametrize("name", ["nowhere", "kube-system"])
def test_what_is_no_tenant_is_told(cluster, name):
    cluster.add_home("kube-system", agency=None)

    with pytest.raises(ProblemError, match="no such tenant"):
        rows(cluster, Filter(tenant=name))


def test_only_a_tenants_own_bindings_are_touched(filled):
    filled.create(binding("system:proxy"))
    filled.create(binding("marked", **BOOTSTRAP))

    assert ours(filled, HOME, "own")["subjects"][0]["name"] == "an@h26.vn"
    with pytest.raises(ProblemError, match="no such binding"):
        ours(filled, HOME, "inspectors")
    for name in ("system:proxy", "marked"):
        with pytest.raises(RefusedError, match="Kubernetes itself"):
            ours(filled, HOME, name)
