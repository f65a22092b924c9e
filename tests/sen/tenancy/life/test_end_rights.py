"""An account of the cluster may end a tenant there and for days; others need no leave."""

import datetime as dt

from sen.tenancy.life.objects import Kind
from sen.tenancy.life.rights import DAYS, END, close, end_role, open_to
from tests.sen.tenancy.life.namespace import Memory

HOME, TODAY = "h26-portal-staging", dt.date(2027, 7, 1)
BINDING = Kind("rbac.authorization.k8s.io/v1", "RoleBinding")
ACCOUNT = "system:serviceaccount:sen-system:sen-operator"


def binding(memory):
    return memory.get(BINDING, END, HOME)


def test_account_is_bound_for_a_week_and_again_when_that_is_over():
    memory = Memory()

    open_to(memory, HOME, ACCOUNT, TODAY)
    first = binding(memory)
    open_to(memory, HOME, ACCOUNT, TODAY + DAYS)
    second = binding(memory)
    open_to(memory, HOME, ACCOUNT, TODAY + DAYS + dt.timedelta(days=1))

    assert first == second
    assert first["subjects"] == [
        {"kind": "ServiceAccount", "name": "sen-operator", "namespace": "sen-system"}
    ]
    assert first["roleRef"]["name"] == END
    assert first["metadata"]["labels"]["sen.gov.vn/ends"] == "2027-07-08"
    assert binding(memory)["metadata"]["labels"]["sen.gov.vn/ends"] == "2027-07-16"


def test_administrator_is_bound_to_nothing():
    memory = Memory()

    open_to(memory, HOME, "sen:admin", TODAY)

    assert binding(memory) is None


def test_tenant_that_goes_on_is_closed_to_the_account_again():
    memory = Memory()
    open_to(memory, HOME, ACCOUNT, TODAY)

    close(memory, HOME)
    close(memory, HOME)

    assert binding(memory) is None


def test_role_reads_no_secret_and_writes_only_jobs_and_snapshots():
    rules = end_role()["rules"]

    writing = {
        name for rule in rules if {*rule["verbs"]} - {"get", "list"} for name in rule["resources"]
    }
    assert writing == {"jobs", "volumesnapshots"}
    assert "secrets" not in {name for rule in rules for name in rule["resources"]}
