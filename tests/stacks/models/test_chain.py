"""A request is approved when all who must have agreed to what it says now, each another person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.models.base import Bilingual
from stacks.models.chain import material, required, standing
from stacks.models.objects.approval import ApprovalSpec, Decision, Role
from stacks.models.objects.request import RequestSpec
from tests.request_of import request_of


def request(level=2, **changed):
    changes = {"level": level, **changed}
    return RequestSpec.model_validate({**request_of(**changes), "requested_by": "an"})


def approval(role, by, of=None, **changed):
    given = {
        "request": "portal",
        "material": material(of or request()),
        "role": role,
        "decision": "approve",
        "by": by,
        "price_vnd": 1,
        **changed,
    }
    return ApprovalSpec.model_validate(given)


@pytest.mark.parametrize(
    ("level", "roles"),
    [
        (1, [Role.HEAD, Role.SECURITY_OFFICER]),
        (2, [Role.HEAD, Role.SECURITY_OFFICER]),
        (3, [Role.HEAD, Role.SECURITY_OFFICER, Role.PLATFORM]),
        (4, [Role.HEAD, Role.SECURITY_OFFICER, Role.PLATFORM, Role.SUPERIOR]),
        (5, [Role.HEAD, Role.SECURITY_OFFICER, Role.PLATFORM, Role.SUPERIOR]),
    ],
)
def test_chain_grows_with_the_level(level, roles):
    assert list(required(level)) == roles


def test_all_who_must_have_agreed():
    asked = request()
    one, both = (
        [approval("head", "binh")],
        [
            approval("security-officer", "chi"),
            approval("head", "binh"),
        ],
    )

    assert (standing(asked, []).approved, standing(asked, []).waits_for) == (
        False,
        (Role.HEAD, Role.SECURITY_OFFICER),
    )
    assert standing(asked, one).waits_for == (Role.SECURITY_OFFICER,)
    assert standing(asked, both).approved
    assert {each.by for each in standing(asked, both).counted} == {"binh", "chi"}


@pytest.mark.parametrize(
    ("role", "by", "why"),
    [("head", "an", "approval-own-request"), ("security-officer", "binh", "approval-second-role")],
)
def test_nobody_decides_for_themselves_or_twice(role, by, why):
    found = standing(request(), [approval("head", "binh"), approval(role, by)])

    assert not found.approved
    assert [each.why for each in found.ignored] == [why]


def test_person_may_change_their_mind_in_the_same_role():
    no = approval("head", "binh", decision="reject", reason="Chưa có kinh phí")
    yes = approval("head", "binh")

    assert standing(request(), [no, yes]).waits_for == (Role.SECURITY_OFFICER,)
    assert standing(request(), [yes, no]).rejected == no


def test_refusal_stops_the_request_whoever_agreed():
    no = approval("security-officer", "chi", decision=Decision.REJECT, reason="Sai cấp độ")
    found = standing(request(), [approval("head", "binh"), no])

    assert (found.approved, found.rejected, found.waits_for) == (False, no, ())


@pytest.mark.parametrize(
    "changed",
    [
        {"size": "M"},
        {"level": 1},
        {"groups": {"admins": ["h26-other-admins"]}},
        {"network": {"egress": [{"cidr": "10.0.0.0/8", "ports": [443]}]}},
        {"budget": {"code": "H26-2026-015", "monthly_ceiling_vnd": 200_000_000}},
    ],
)
def test_change_of_what_matters_asks_anew(changed):
    asked = request(**changed)

    found = standing(asked, [approval("head", "binh"), approval("security-officer", "chi")])

    assert not found.counted
    assert {each.why for each in found.ignored} == {"approval-outdated"}


@pytest.mark.parametrize("field", ["officer", "owner_unit", "name"])
def test_change_of_words_does_not_ask_anew(field):
    words = {
        "officer": "binh.tran@hanoi.gov.vn",
        "owner_unit": "Văn phòng",
        "name": Bilingual(vi="Cổng mới", en="New portal"),
    }
    before = request()
    system = before.system.model_copy(update={field: words[field]})

    assert material(before.model_copy(update={"system": system})) == material(before)
    assert material(before.model_copy(update={"reason": "Gấp"})) == material(before)


def test_size_and_the_same_figures_are_the_same_thing():
    by_size = request(size="M")
    by_figures = by_size.model_copy(update={"quota": by_size.quota_effective})

    assert standing(by_figures, [approval("head", "binh", of=by_figures)]).counted


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([("head", "chi", "an")], "approval-own-request"),
        ([("head", "binh", None), ("security-officer", "chi", "binh")], "approval-second-role"),
        ([("head", "chi", "binh"), ("security-officer", "binh", None)], "approval-second-role"),
        ([("head", "chi", "binh"), ("security-officer", "chi", "dung")], "approval-second-role"),
    ],
)
def test_decision_in_anothers_place_is_both_peoples(said, why):
    made = [approval(role, by, in_place_of=other) for role, by, other in said]

    found = standing(request(), made)

    assert not found.approved
    assert [each.why for each in found.ignored] == [why]


@given(st.permutations(["binh", "chi", "dung"]), st.sampled_from(["approve", "reject"]))
def test_of_decisions_of_one_role_exactly_one_counts(people, last):
    made = [approval("head", each) for each in people[:-1]]
    made.append(approval("head", people[-1], decision=last, reason="Lý do"))

    found = standing(request(), made)

    assert [each.by for each in found.counted] == [people[-1]]
    assert (found.rejected is not None) == (last == "reject")
    assert not found.approved
