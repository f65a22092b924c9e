"""One agency offers a tenant, another takes it over: forms, who may, what is changed, words."""

from __future__ import annotations

import pytest

from tests.sen.portal.conftest import AN, BINH, DESK, GIANG
from tests.sen.portal.thing import NAME, tenant

PAGE = f"/tenants/H26/{NAME}"
REQUEST = f"{DESK}/tenantrequests/portal-staging"
THEIRS = f"/apis/sen.gov.vn/v1alpha1/namespaces/h29-desk-production/tenantrequests/{NAME}"
OFFER = f"/requests/H29/{NAME}"
OWN = {
    "budget.code": "H29-2026-001",
    "budget.monthly_ceiling_vnd": "100.000.000",
    "groups.admins": "h29-portal-admins",
    "system.officer": "giang.vo@tphcm.gov.vn",
    "system.owner_unit": "Văn phòng Ủy ban",
}


@pytest.fixture
def standing(server, asked):
    """Put a tenant on Ha Noi's desk; An may change its request."""
    server.verbs["h26-desk-production", AN].append("patch")

    def put(*, offered=None, **changed):
        thing = asked(status={"phase": "Ready"})
        thing["metadata"] |= {"generation": 1, "resourceVersion": "7"}
        if offered:
            thing["spec"]["transfer_to"] = offered
        server.objects[f"{DESK}/tenants/{NAME}"] = tenant(thing, **changed)
        return thing

    return put


@pytest.fixture
def offer(server, asked):
    """Put what the operator makes of an offer on the other agency's desk; Giang may change it."""
    server.verbs["h29-desk-production", GIANG] = ["get", "list", "patch"]
    thing = asked(by="sen-operator", status={"phase": "Pending", "waits_for": ["head"]})
    thing["metadata"] |= {"name": NAME, "generation": 1, "resourceVersion": "3"}
    thing["spec"] |= {"agency": "H29", "takes": NAME, "reason": f"H26: h26-desk-production/{NAME}"}
    thing["spec"]["groups"] = {"admins": ["h29-portal-admins"]}
    del server.objects[REQUEST]
    server.objects[THEIRS] = thing
    return thing


def form(browser, page, **typed):
    return {**browser.hidden(page), **typed}


@pytest.mark.parametrize("to", ["H29", "Thành phố Hồ Chí Minh"])
def test_tenant_is_offered_and_ones_own_decide_first(browser, standing, to):
    thing, an = standing(), browser(AN)
    assert "Chuyển giao cho cơ quan khác" in an.get(PAGE).text

    answer = an.post(PAGE, form(an, PAGE, act="transfer", to=to))

    assert answer.headers["location"] == "/requests/H26/portal-staging"
    assert thing["spec"]["transfer_to"] == "H29"
    assert "Thành phố Hồ Chí Minh" in an.get("/requests/H26/portal-staging").text


def test_offer_is_told_and_taken_back(browser, standing):
    thing, an = standing(offered="H29"), browser(AN)
    page = an.get(f"{PAGE}?lang=en").text
    assert "To be handed over to Thành phố Hồ Chí Minh" in page
    assert 'value="transfer"' not in page

    an.post(PAGE, form(an, PAGE, act="withdraw"))

    assert "transfer_to" not in thing["spec"]


@pytest.mark.parametrize(
    ("to", "words"), [("H26", "has it already"), ("H99", "H99"), ("", "alert"), ("Zzz", "alert")]
)
def test_nobody_hands_over_to_themselves_or_to_nobody(browser, standing, to, words):
    thing, an = standing(), browser(AN)

    answer = an.post(f"{PAGE}?lang=en", form(an, PAGE, act="transfer", to=to))

    assert (answer.status_code, words in answer.text) == (422, True)
    assert "transfer_to" not in thing["spec"]
    assert f'value="{to}"' in answer.text


def test_who_only_reads_has_no_such_button(browser, standing):
    standing()

    assert 'value="transfer"' not in browser(BINH).get(PAGE).text


def test_form_that_is_old_or_forged_offers_nothing(browser, standing):
    thing, an = standing(), browser(AN)
    fields = form(an, PAGE, act="transfer", to="H29")
    thing["metadata"]["generation"] = 2

    stale = an.post(PAGE, fields)
    forged = an.post(PAGE, {**fields, "csrf": "x" * 32})

    assert (stale.status_code, forged.status_code) == (409, 403)
    assert "transfer_to" not in thing["spec"]


def test_what_was_handed_over_has_no_buttons_left(browser, standing):
    standing(handed={"to": "H29", "request": f"h29-desk-production/{NAME}", "on": "2026-11-22"})

    page = browser(AN).get(PAGE).text

    assert 'aria-labelledby="change"' not in page
    assert "kubeconfig" not in page  # its people may not enter it any more


def test_offer_is_told_on_the_first_page_and_leads_to_its_form(browser, offer):
    giang = browser(GIANG)

    home, request = (giang.get(f"{path}?lang=en").text for path in ("/", OFFER))
    page = giang.get(f"{OFFER}/accept").text

    assert home.count("Offered by another agency") == request.count("Offered by another agency")
    assert f'href="{OFFER}/accept"' in request
    for words in ("Thành phố Hà Nội offers it to you", NAME, "head of the unit", "Public service"):
        assert words in page, words
    assert 'value="H26-2026-014"' not in page
    assert 'value="h29-portal-admins"' in page


def test_taking_agency_fills_in_what_is_its_own_and_the_rest_stays(browser, offer):
    giang, before = browser(GIANG), dict(offer["spec"])

    answer = giang.post(f"{OFFER}/accept", form(giang, f"{OFFER}/accept", **OWN))

    assert answer.headers["location"] == OFFER
    spec = offer["spec"]
    assert spec["budget"] == {"code": "H29-2026-001", "monthly_ceiling_vnd": 100_000_000}
    assert spec["groups"]["admins"] == ["h29-portal-admins"]
    assert (spec["system"]["officer"], spec["system"]["owner_unit"]) == (
        OWN["system.officer"],
        OWN["system.owner_unit"],
    )
    kept = {"agency", "takes", "stage", "ends", "size", "requested_by"}
    assert {name: spec[name] for name in kept} == {name: before[name] for name in kept}
    again = giang.post(f"{OFFER}/accept", form(giang, f"{OFFER}/accept", **OWN))
    assert (again.status_code, offer["metadata"]["generation"]) == (303, 2)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("budget.code", ""),
        ("system.officer", "nobody"),
        ("groups.admins", ""),
        ("system.owner_unit", ""),
        ("budget.monthly_ceiling_vnd", "nhiều"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(browser, offer, field, wrong):
    giang, before = browser(GIANG), dict(offer["spec"])

    answer = giang.post(f"{OFFER}/accept", form(giang, f"{OFFER}/accept", **OWN | {field: wrong}))

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "Văn phòng" in answer.text or field == "system.owner_unit"
    assert offer["spec"] == before


def test_old_form_takes_nothing_over_and_says_so(browser, offer):
    giang = browser(GIANG)
    fields = form(giang, f"{OFFER}/accept", **OWN)
    offer["metadata"]["generation"] = 2

    answer = giang.post(f"{OFFER}/accept", fields)

    assert answer.status_code == 409
    assert "đã thay đổi" in answer.text
    assert offer["spec"]["budget"]["code"] != OWN["budget.code"]


@pytest.mark.parametrize("change", [{"phase": "Ready"}, {"phase": "Pending", "tenant": NAME}])
def test_what_is_decided_is_no_offer_any_more(browser, offer, change):
    giang = browser(GIANG)
    fields = form(giang, f"{OFFER}/accept", **OWN)
    offer["status"] = change

    shown, sent = giang.get(f"{OFFER}/accept"), giang.post(f"{OFFER}/accept", fields)

    assert (shown.status_code, sent.status_code) == (409, 409)
    assert offer["spec"]["budget"]["code"] != OWN["budget.code"]


def test_ordinary_request_has_no_such_form(browser, asked):
    asked()

    assert browser(AN).get("/requests/H26/portal-staging/accept").status_code == 409


def test_offer_of_an_unknown_giver_is_still_an_offer(browser, offer):
    offer["spec"]["reason"] = "<script>"

    page = browser(GIANG).get(f"{OFFER}/accept")

    assert page.status_code == 200
    assert "<script>alert" not in page.text
