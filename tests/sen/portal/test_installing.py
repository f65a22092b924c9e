"""What the portal gives the people of a desk: to its groups for good, to nobody by name."""

from __future__ import annotations

from sen.portal.installing import _moving, _readers
from sen.tenancy.listing import AGENCY
from stacks.components.access import RBAC, group_subjects


def binding(*subjects):
    return {"metadata": {"labels": {AGENCY: "H26"}}, "subjects": list(subjects)}


def test_who_stands_in_for_somebody_for_days_is_not_bound_for_good():
    groups = group_subjects(("h26-heads", "h26-requesters"))
    person = {"kind": "User", "apiGroup": RBAC, "name": "oidc:dung@hanoi.gov.vn"}
    bound = [binding(groups[0], person), binding(person), binding(groups[1])]

    made = list(_readers(bound, {"H26"}, {}))

    assert subjects(made) == [groups, groups]


def test_limits_are_shown_to_an_agencys_people_only_where_it_has_any():
    """Every such binding makes each call of everybody slower."""
    heads, platform = group_subjects(("h26-heads", "sen-platform"))

    with_limits, without = (
        list(_readers([binding(heads, platform)], limited, {})) for limited in ({"H26"}, {"H29"})
    )

    assert subjects(with_limits) == [[heads, platform], [heads]]
    assert [each["kind"] for each in without] == ["Role", "RoleBinding"]


def test_waves_are_shown_to_the_agencies_whose_systems_move_in_them():
    """Whoever took a tenant over is told, and not who had it before; the name stays."""
    waves = [wave("w1", "h26-a-staging", "h29-b-staging"), wave("w2", "h26-b-staging", None)]
    tenants = [
        owned("h26-a-staging", "H26"),
        owned("h29-b-staging", "H29"),
        owned("h26-b-staging", "H26", handed={"to": "H29"}),
        owned("h26-b-staging", "H29"),
    ]

    moving = _moving(waves, tenants)
    made = list(_readers([binding(*group_subjects(("h26-heads",)))], set(), moving))

    assert moving == {"H26": {"w1"}, "H29": {"w1", "w2"}}
    role = next(each for each in made if each["metadata"].get("namespace") == "sen-system")
    assert role["rules"][0]["resourceNames"] == ["w1"]
    assert role["rules"][0]["verbs"] == ["get"]


def wave(name, *tenants):
    systems = [{"id": f"s{number}", "tenant": each} for number, each in enumerate(tenants)]
    return {"metadata": {"name": name}, "spec": {"systems": systems}}


def owned(name, agency, **spec):
    return {"metadata": {"name": name}, "spec": {"agency": agency, **spec}}


def test_desk_with_people_alone_gets_no_rights_of_the_portal():
    people = [binding({"kind": "User", "name": "an"}), {**binding()}]

    assert list(_readers(people, {"H26"}, {})) == []


def subjects(made):
    return [each["subjects"] for each in made if each["kind"].endswith("Binding")]
