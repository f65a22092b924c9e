"""What the portal gives the people of a desk: to its groups for good, to nobody by name."""

from __future__ import annotations

from sen.portal.installing import _readers
from sen.tenancy.listing import AGENCY
from stacks.components.access import RBAC, group_subjects


def binding(*subjects):
    return {"metadata": {"labels": {AGENCY: "H26"}}, "subjects": list(subjects)}


def test_who_stands_in_for_somebody_for_days_is_not_bound_for_good():
    groups = group_subjects(("h26-heads", "h26-requesters"))
    person = {"kind": "User", "apiGroup": RBAC, "name": "oidc:dung@hanoi.gov.vn"}

    made = list(_readers([binding(groups[0], person), binding(person), binding(groups[1])]))

    bound = [each["subjects"] for each in made if each["kind"].endswith("Binding")]
    assert bound == [groups, groups]


def test_desk_with_people_alone_gets_no_rights_of_the_portal():
    assert list(_readers([binding({"kind": "User", "name": "an"}), {**binding()}])) == []
