"""An agency's desk is governed like everything else, and each role is bound to its own group."""

import datetime as dt

import pytest

from policies.finding import Gate, Verdict
from policies.gates.plan import dated
from policies.judge import judge
from policies.rule import Action
from policies.surroundings import Surroundings
from sen.tenancy.desk import desk, desk_of, roles, usual
from stacks.models.agency import agencies

TODAY = dt.date.today()
OFFICER = "van.nguyen@hanoi.gov.vn"


@pytest.mark.parametrize("code", ["H26", "G18", "H26.00070"])
def test_desk_breaks_no_rule(code):
    agency = agencies().get(code)
    things = [dated(each) for each in (*roles(), *desk(agency, usual(agency), OFFICER, TODAY))]
    around = Surroundings(things)

    found = [
        each
        for thing in things
        for rule in judge().rules_for(around.subject(thing))
        for each in judge().findings(
            around.for_rule(rule, around.subject(thing)), Gate.PLAN, [rule]
        )
    ]

    broken = [each for each in found if each.verdict is Verdict.FAIL]
    assert [each.line() for each in broken if each.action is Action.DENY] == []
    assert found


def test_commune_has_its_own_desk_and_its_provinces_head_above_it():
    agency = agencies().get("H26.00070")

    things = desk(agency, usual(agency), OFFICER, TODAY)
    bound = {
        each["metadata"]["name"]: each["subjects"][0]["name"]
        for each in things
        if each["kind"] == "RoleBinding" and each["metadata"]["name"].startswith("sen-")
    }

    assert things[0]["metadata"]["name"] == desk_of("H26.00070") == "h26-00070-desk-production"
    assert bound == {
        "sen-requester": "oidc:h26-00070-requesters",
        "sen-approver-head": "oidc:h26-00070-heads",
        "sen-approver-security-officer": "oidc:h26-00070-security-officers",
        "sen-approver-platform": "oidc:sen-platform",
        "sen-approver-superior": "oidc:h26-heads",
    }
