"""A request is right or refused; its names and labels hold for everything that is right."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from stacks.models.agency import agencies
from stacks.models.blueprint import Blueprint, blueprints
from stacks.models.country import country
from stacks.models.label import annotations_for, labels_for
from stacks.models.price import PriceList, monthly_price, price, price_lists, prices_on
from stacks.models.quota import SIZES, Quota, Size
from stacks.models.tenant import Stage, TenantRequest
from stacks.models.term import MAX_TERM_DAYS, MAX_TRAINING_DAYS, latest_end
from tests.request_of import request_of

DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")
FIRST = date(2026, 11, 16)
CODES = [agency.code for agency in agencies().all()]


def parsed(today=FIRST, **changed):
    healthy = {
        "starts": FIRST,
        "ends": FIRST + timedelta(days=60),
        "groups": {"admins": ["h26-portal-admins"]},
    }
    fields = healthy | changed
    return TenantRequest.model_validate(request_of(**fields), context={"today": today})


def broken(today=FIRST, **changed):
    with pytest.raises(ValidationError) as caught:
        parsed(today, **changed)
    return [(error["type"], ".".join(map(str, error["loc"]))) for error in caught.value.errors()]


slugs = st.from_regex(r"[a-z][a-z0-9]{1,12}(-[a-z0-9]{1,8}){0,3}", fullmatch=True)
identities = st.tuples(st.sampled_from(CODES), slugs, st.sampled_from(Stage))


@settings(deadline=None)
@given(identities)
def test_a_name_is_a_dns_label_and_its_labels_are_kubernetes_labels(identity):
    agency, slug, stage = identity

    request = parsed(agency=agency, slug=slug, stage=stage)

    assert DNS_LABEL.fullmatch(request.namespace)
    assert all(LABEL_VALUE.fullmatch(value) for value in labels_for(request).values())
    assert all(isinstance(value, str) and value for value in annotations_for(request).values())


@settings(deadline=None)
@given(identities, identities)
def test_two_requests_share_a_name_only_if_they_are_the_same_system(one, other):
    names = [
        parsed(agency=agency, slug=slug, stage=stage).name for agency, slug, stage in (one, other)
    ]

    assert (names[0] == names[1]) == (one == other)


def test_the_longest_name_still_fits():
    request = parsed(agency="H26.00070", slug="a" * 40, stage="production")

    assert len(request.name) <= 63


def test_labels_say_what_the_platform_selects_by():
    request = parsed(agency="H26.00070", slug="one-stop-shop", level=2)

    assert labels_for(request) == {
        "sen.gov.vn/agency": "H26.00070",
        "sen.gov.vn/system": "one-stop-shop",
        "sen.gov.vn/level": "2",
        "sen.gov.vn/stage": "staging",
        "sen.gov.vn/ends": "2027-01-15",
        "app.kubernetes.io/managed-by": "sen",
        "app.kubernetes.io/part-of": "one-stop-shop",
    }
    assert annotations_for(request)["sen.gov.vn/price-vnd-month"] == "1061500"


def test_a_country_has_a_request_for_each_agency():
    requests = list(country(Stage.STAGING, date(2020, 1, 1), date(2020, 12, 31)))

    assert len(requests) == len({request.name for request in requests}) == 3372
    assert {request.agency for request in requests} == set(CODES)
    assert {request.system.blueprint for request in requests} == {
        Blueprint.MINISTRY_SERVICES,
        Blueprint.E_OFFICE,
        Blueprint.ONE_STOP_SHOP,
    }


def test_every_blueprint_has_an_entry():
    assert set(blueprints()) == set(Blueprint)


def system(**changed):
    return request_of()["system"] | changed


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"system": system(level=1)}, ("request-personal-data-level", "system.level")),
        (
            {"system": system(level=2, state_secret=True)},
            ("request-state-secret-level", "system.level"),
        ),
        ({"starts": FIRST + timedelta(days=61)}, ("request-end-before-start", "ends")),
        (
            {"ends": FIRST + timedelta(days=MAX_TERM_DAYS + 1)},
            ("request-end-beyond", "ends"),
        ),
        (
            {"stage": "training", "ends": FIRST + timedelta(days=MAX_TRAINING_DAYS + 1)},
            ("request-end-beyond", "ends"),
        ),
        ({"size": None}, ("request-no-size", "size")),
        (
            {"budget": {"code": "H26-1", "monthly_ceiling_vnd": 1_206_249}},
            ("request-over-budget", "budget.monthly_ceiling_vnd"),
        ),
        ({"agency": "H28"}, ("agency-ended", "agency")),
        ({"agency": "Hòa Bình"}, ("agency-ended", "agency")),
        ({"agency": "G04"}, ("agency-ended", "agency")),
        ({"agency": "H99"}, ("agency-unknown-nothing-close", "agency")),
        ({"agency": "Ha Nio"}, ("agency-unknown", "agency")),
        ({"agency": "Hà Nội"}, ("agency-alias", "agency")),
        ({"agency": "h26"}, ("agency-alias", "agency")),
        ({"agency": "K57"}, ("agency-alias", "agency")),
        ({"agency": "Tân An"}, ("agency-several", "agency")),
        ({"groups": {"admins": ["system:masters"]}}, ("request-system-group", "groups.admins.0")),
        ({"groups": {"admins": []}}, ("request-empty-list", "groups.admins")),
        ({"starts": 0}, ("date_type", "starts")),
        ({"slug": "Portal"}, ("string_pattern_mismatch", "system.slug")),
        ({"slug": "a" * 41}, ("string_too_long", "system.slug")),
        ({"slug": "1a"}, ("string_pattern_mismatch", "system.slug")),
        ({"slug": "a--b"}, ("string_pattern_mismatch", "system.slug")),
        ({"slug": "ab\n"}, ("string_pattern_mismatch", "system.slug")),
        ({"system": system(owner_unit=": ")}, ("string_too_short", "system.owner_unit")),
        ({"system": system(owner_unit="- - -")}, ("string_pattern_mismatch", "system.owner_unit")),
        ({"system": system(officer="me")}, ("string_pattern_mismatch", "system.officer")),
        ({"system": system(level=6)}, ("less_than_equal", "system.level")),
        ({"system": system(level="3")}, ("int_type", "system.level")),
        ({"system": system(level=True)}, ("int_type", "system.level")),
        ({"system": system(blueprint="blog")}, ("enum", "system.blueprint")),
    ],
)
def test_what_breaks_one_rule_is_refused_for_it(changed, found):
    assert broken(**changed) == [found]


def test_a_limit_itself_is_allowed():
    assert parsed(ends=latest_end(FIRST, "staging"))
    assert parsed(stage="training", ends=FIRST + timedelta(days=90))
    assert parsed(budget={"code": "H26-1", "monthly_ceiling_vnd": 1_206_250})
    assert parsed(system=system(level=2))
    assert parsed(system=system(state_secret=True, level=3))


def test_the_last_day_is_still_a_day_and_the_day_after_is_past():
    ends = FIRST + timedelta(days=60)

    assert parsed(today=ends).ends == ends
    assert broken(today=ends + timedelta(days=1)) == [("request-end-past", "ends")]


def test_without_a_day_for_today_an_end_in_the_past_is_not_judged():
    assert parsed(today=None, starts=date(2020, 1, 1), ends=date(2020, 2, 1))


def test_a_request_made_in_code_is_judged_by_the_real_day():
    fields = request_of(starts=date(2020, 1, 1), ends=date(2020, 2, 1))

    with pytest.raises(ValidationError, match="request-end-past"):
        TenantRequest.model_validate(fields)


def test_all_broken_rules_are_told_at_once():
    assert broken(system=system(level=1, state_secret=True), ends=date(2020, 1, 1), size=None) == [
        ("request-personal-data-level", "system.level"),
        ("request-state-secret-level", "system.level"),
        ("request-end-before-start", "ends"),
        ("request-no-size", "size"),
        ("request-end-past", "ends"),
    ]


def quota(**changed):
    return SIZES[Size.M].model_dump() | changed


@pytest.mark.parametrize("field", sorted(Quota.model_fields))
@pytest.mark.parametrize("size", [*Size, None])
def test_a_quota_stays_under_the_ceiling_of_its_size_or_of_the_largest(field, size):
    ceiling = SIZES[size or Size.XL].model_dump()
    least = dict.fromkeys(ceiling, 1)

    assert parsed(size=size, quota=least | {field: ceiling[field]})
    assert broken(size=size, quota=least | {field: ceiling[field] + 1}) == [
        ("request-quota-over", f"quota.{field}")
    ]


def test_own_figures_go_before_the_size():
    assert parsed(size="M").quota_effective == SIZES[Size.M]
    assert parsed(size="L", quota=quota(cpu=3)).quota_effective == Quota(**quota(cpu=3))


def opened(way, *cidrs):
    return {"network": {way: [{"cidr": cidr, "ports": [443]} for cidr in cidrs]}}


@pytest.mark.parametrize("way", ["ingress", "egress"])
@pytest.mark.parametrize(
    "cidrs",
    [
        ["0.0.0.0/0"],
        ["::/0"],
        ["0.0.0.0/1", "128.0.0.0/1"],
        ["10.0.0.0/8", "8.0.0.0/7", "11.0.0.0/8"],
        ["2000::/3"],
        ["128.0.0.0/2"],
    ],
)
def test_level_3_is_never_open_to_the_world_and_level_2_may_be(way, cidrs):
    found = broken(level=3, **opened(way, *cidrs))

    assert set(found) == {("request-world-open", f"network.{way}")}
    assert parsed(level=2, **opened(way, *cidrs))


def test_level_3_may_name_networks():
    assert parsed(level=3, **opened("ingress", "10.0.0.0/8", "2001:db8::/32"))


@pytest.mark.parametrize(
    ("opening", "found"),
    [
        ({"ports": [443]}, "request-one-peer"),
        ({"cidr": "10.0.0.0/8", "tenant": "h26-a-staging", "ports": [443]}, "request-one-peer"),
        ({"cidr": "10.0.0.1/8", "ports": [443]}, "request-not-a-network"),
        ({"cidr": "example.vn", "ports": [443]}, "request-not-a-network"),
        ({"cidr": 10, "ports": [443]}, "string_type"),
        ({"cidr": "10.0.0.0/8", "ports": []}, "request-empty-list"),
        ({"cidr": "10.0.0.0/8", "ports": [0]}, "greater_than_equal"),
        ({"cidr": "10.0.0.0/8", "ports": [65536]}, "less_than_equal"),
        ({"tenant": "No_Name", "ports": [443]}, "string_pattern_mismatch"),
        ({"tenant": "h26-a-staging", "ports": [1], "protocol": "SCTP"}, "enum"),
    ],
)
def test_an_opening_names_one_peer_and_its_ports(opening, found):
    (error,) = broken(network={"ingress": [opening]})

    assert error[0] == found


def test_text_is_kept_in_its_composed_form():
    request = parsed(system=system(owner_unit="So\u031b\u0309 Y te\u0302\u0301"))

    assert request.system.owner_unit == "Sở Y tế"


def test_a_request_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        parsed().agency = "G01"


def test_a_price_is_rounded_up_and_rises_with_the_level():
    (prices,) = price_lists()
    small = SIZES[Size.S]
    odd = prices.model_copy(update={"core_vnd": 180_001})

    assert [price(small, level, prices) for level in range(1, 6)] == [
        965_000,
        1_061_500,
        1_206_250,
        1_399_250,
        1_737_000,
    ]
    assert price(small, 3, odd) == 1_206_253


def test_a_price_follows_the_list_of_the_day():
    (first,) = price_lists()
    second = PriceList(**first.model_dump() | {"valid_from": date(2027, 1, 1), "core_vnd": 1})

    assert prices_on(date(2026, 12, 31), (first, second)) is first
    assert prices_on(date(2027, 1, 1), (first, second)) is second
    assert prices_on(date(2000, 1, 1), (first, second)) is first
    assert monthly_price(parsed()) == monthly_price(parsed(), FIRST) == 1_206_250
