"""One environment's page: what it tells, and the buttons that change its request."""

from __future__ import annotations

import datetime as dt
import html

import pytest

from tests.sen.portal.conftest import AN, BINH, DESK
from tests.sen.portal.fake_server import status
from tests.sen.portal.thing import NAME, agreement, condition, event, quota, tenant, waiver

SINCE = "2026-11-20T00:00:00Z"
PAGE = f"/tenants/H26/{NAME}"
REQUEST = f"{DESK}/tenantrequests/portal-staging"


@pytest.fixture
def standing(server, asked):
    """Put a request and its tenant on the desk; An may change it, Binh may read it."""
    server.verbs["h26-desk-production", AN].append("patch")

    def put(**changed):
        thing = asked(status={"phase": "Ready", "history": PAST})
        thing["metadata"] |= {"generation": 1, "resourceVersion": "7"}
        server.objects[f"{DESK}/tenants/{NAME}"] = tenant(thing, **changed)
        return thing

    return put


PAST = [
    {
        "material": "0" * 64,
        "by": [BINH],
        "at": "2026-11-20T05:00:00Z",
        "ends": "2027-01-31",
        "price_vnd": 1_000_000,
        "says": "size S",
    }
]


def form(browser, **typed):
    return {**browser.hidden(PAGE), **typed}


def test_page_says_how_it_stands_and_what_it_costs(browser, server, standing):
    standing(conditions=[condition("Compliant", "False", "2 rules are broken")])
    used = {"requests.cpu": "1500m", "requests.memory": "2Gi"}
    server.objects[f"/api/v1/namespaces/{NAME}/resourcequotas/quota"] = quota(**used)

    page = browser(AN).get(f"{PAGE}?lang=en").text

    for words in ("1.206.250 đ", "1.5 / 2", "2 / 8", "0 / 50", "2 rules are broken", "Breaks a"):
        assert words in page, words
    assert f"--out {NAME}.kubeconfig" in page
    assert "h26-portal-admins" in page
    assert "20/11/2026 12:00" in page
    assert BINH in page


def test_page_tells_what_was_granted_where_use_may_not_be_read(browser, server, standing):
    standing()
    server.closed.add("resourcequotas")

    page = browser(AN).get(f"{PAGE}?lang=en").text

    assert "This is what was granted" in page
    assert "Not checked yet" in page


def test_what_the_platform_says_is_told_in_the_readers_language(browser, standing):
    said = "2 quy tắc bị vi phạm: require-probes / 2 rules are broken: require-probes"
    standing(conditions=[condition("Compliant", "False", said)])

    vi, en = (browser(AN).get(f"{PAGE}?lang={lang}").text for lang in ("vi", "en"))

    assert "2 quy tắc bị vi phạm: require-probes" in vi
    assert "2 rules are broken: require-probes" in en
    assert ("rules are broken" in vi, "quy tắc bị vi phạm" in en) == (False, False)


def test_events_are_told_in_the_readers_language(browser, server, standing):
    standing()
    words = "Đang chờ phê duyệt: head / Waits for approval: head"
    server.objects["/api/v1/namespaces/h26-desk-production/events/e1"] = event(NAME, words)
    other = event("h26-other", "chuyện khác / another story")
    server.objects["/api/v1/namespaces/h26-desk-production/events/e2"] = other

    vi, en = (browser(AN).get(f"{PAGE}?lang={lang}").text for lang in ("vi", "en"))

    assert "Đang chờ phê duyệt: head" in vi
    assert "Waits for approval: head" in en
    assert "another story" not in en


def test_waivers_and_agreements_are_those_of_this_environment(browser, server, standing):
    standing()
    for name, thing in (("w1", waiver()), ("w2", waiver(namespace="h26-other", rule="other-rule"))):
        server.objects[f"{DESK}/waivers/{name}"] = thing
    server.objects[f"{DESK}/sharingagreements/a1"] = agreement()
    server.objects[f"{DESK}/sharingagreements/a2"] = agreement(provider="h26-x", consumer="h26-y")

    page = browser(AN).get(PAGE).text

    assert ("require-probes" in page, "other-rule" in page) == (True, False)
    assert ("h26-analytics-production" in page, "h26-x" in page) == (True, False)


def test_request_leads_to_what_was_built_for_it(browser, standing):
    thing = standing()
    an = browser(AN)
    assert PAGE not in an.get("/requests/H26/portal-staging").text

    thing["status"]["tenant"] = NAME

    assert f'href="{PAGE}"' in an.get("/requests/H26/portal-staging").text


def test_legal_hold_is_told(browser, standing):
    hold = {
        "reason": "Thanh tra",
        "document": "12/TTr",
        "by": BINH,
        "since": "2026-11-20T00:00:00Z",
    }
    standing(legal_hold=hold)

    page = browser(AN).get(f"{PAGE}?lang=en").text

    assert "Legal hold" in page
    assert "12/TTr" in page


def test_extension_is_asked_for_and_leads_to_those_who_decide(browser, server, standing, clock):
    thing = standing()
    an, ends = browser(AN), (clock().date() + dt.timedelta(days=500)).isoformat()
    assert "phê duyệt lại bởi" in an.get(PAGE).text

    sent = an.post(PAGE, form(an, act="extend", ends=ends))

    assert sent.headers["location"] == "/requests/H26/portal-staging"
    assert thing["spec"]["ends"] == ends
    patch = next(each for each in server.seen if each.method == "PATCH")
    assert patch.headers["Impersonate-User"] == AN
    assert "chờ phê duyệt" in an.get(PAGE).text


def test_another_size_drops_figures_of_its_own(browser, standing):
    thing = standing()
    thing["spec"]["quota"] = dict.fromkeys(
        ("cpu", "memory_gib", "storage_gib", "pods", "services", "volumes"), 1
    )
    an = browser(AN)

    an.post(PAGE, form(an, act="resize", size="M"))

    assert thing["spec"]["size"] == "M"
    assert "quota" not in thing["spec"]


def test_suspended_and_back_without_anybody_else(browser, standing):
    thing = standing()
    an = browser(AN)
    assert 'value="resume"' not in an.get(PAGE).text

    sent = an.post(PAGE, form(an, act="suspend"))

    assert sent.headers["location"] == f"{PAGE}?done=suspend"
    assert "Đang tạm dừng" in an.get(sent.headers["location"]).text
    assert thing["spec"]["state"] == "Suspended"
    assert 'value="suspend"' not in an.get(PAGE).text
    an.post(PAGE, form(an, act="resume"))
    assert thing["spec"]["state"] == "Active"


@pytest.mark.parametrize("typed", ["", "portal-staging", NAME.upper()])
def test_end_needs_the_name_typed(browser, standing, typed):
    thing = standing()
    an = browser(AN)

    sent = an.post(PAGE, form(an, act="end", confirm=typed))

    assert sent.status_code == 422
    assert f"hãy gõ {NAME}" in sent.text.casefold()
    assert thing["spec"]["state"] == "Active"
    assert an.post(PAGE, form(an, act="end", confirm=NAME)).status_code == 303
    assert thing["spec"]["state"] == "Ended"


def test_form_of_an_earlier_state_changes_nothing(browser, standing):
    thing = standing()
    an = browser(AN)
    fields = form(an, act="resize", size="M")
    thing["metadata"]["generation"] = 2

    sent = an.post(PAGE, fields)

    assert sent.status_code == 409
    assert "đã thay đổi trong lúc bạn đọc" in sent.text
    assert thing["spec"]["size"] == "S"


def test_status_written_meanwhile_is_no_obstacle(browser, server, standing):
    thing = standing()
    an = browser(AN)
    fields = form(an, act="suspend")
    patch, times = server._patch, []

    def busy(body, there):
        times.append(1)
        return status(409, "Conflict", "busy") if len(times) == 1 else patch(body, there)

    server._patch = busy

    assert an.post(PAGE, fields).status_code == 303
    assert (len(times), thing["spec"]["state"]) == (2, "Suspended")


def test_server_that_always_conflicts_is_told(browser, server, standing):
    standing()
    an = browser(AN)
    fields = form(an, act="suspend")
    server._patch = lambda *_: status(409, "Conflict", "busy")

    assert an.post(PAGE, fields).status_code == 409


def test_same_form_twice_changes_once(browser, server, standing):
    standing()
    an = browser(AN)
    fields = form(an, act="suspend")

    assert [an.post(PAGE, fields).status_code for _ in range(2)] == [303, 303]
    assert len([each for each in server.seen if each.method == "PATCH"]) == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"act": "delete"},
        {"act": "extend", "ends": "soon"},
        {"act": "extend", "ends": "2020-01-01"},
        {"act": "resize", "size": "XXL"},
    ],
)
def test_what_makes_no_sense_is_refused(browser, server, standing, typed):
    standing()
    an = browser(AN)

    sent = an.post(PAGE, form(an, **typed))

    assert sent.status_code == 422
    assert 'role="alert"' in sent.text
    assert not [each for each in server.seen if each.method == "PATCH"]


def test_who_may_not_change_it_has_no_buttons(browser, server, standing):
    standing()

    assert 'name="act"' not in browser(BINH).get(PAGE).text
    assert 'name="act"' in browser(AN).get(PAGE).text


@pytest.mark.parametrize("phase", ["Offboarding", "Offboarded"])
def test_what_is_handed_over_is_not_changed(browser, standing, phase):
    standing(phase=phase)

    assert 'name="act"' not in browser(AN).get(PAGE).text


def test_request_that_may_not_be_read_leaves_the_rest(browser, server, standing):
    standing()
    server.closed.add("tenantrequests")

    page = browser(AN).get(PAGE)

    assert (page.status_code, 'name="act"' in page.text) == (200, False)


@pytest.mark.parametrize(
    "path", [PAGE, "/tenants/H26/none", "/tenants/H26/..%2Fx", "/tenants/h26/x"]
)
def test_foreign_or_missing_environment_looks_the_same(browser, server, standing, path):
    standing()
    server.closed.add("h26-desk-production")
    giang = browser("giang.vo@tphcm.gov.vn")

    answer = giang.get(path)

    assert answer.status_code == 404
    assert "Không có trang này" in answer.text
    assert giang.post(path, {**giang.hidden("/"), "act": "suspend"}).status_code in {403, 404}


def test_every_text_is_shown_as_text(browser, server, standing):
    evil = '<script>alert("ạ")</script>'
    hold = {"reason": evil, "document": evil, "by": evil, "since": SINCE}
    thing = standing(legal_hold=hold, conditions=[condition("Compliant", "False", evil)])
    approved = server.objects[f"{DESK}/tenants/{NAME}"]["spec"]["approved"]
    approved["system"] = {**approved["system"], "name": {"vi": evil, "en": evil}}
    approved["groups"] = {"admins": [evil], "deployers": [evil], "viewers": [evil]}
    approved["budget"] = {"code": evil}
    thing["spec"]["reason"] = evil
    server.objects["/api/v1/namespaces/h26-desk-production/events/e"] = event(NAME, evil)
    server.objects[f"{DESK}/waivers/w"] = waiver(rule=evil)
    server.objects[f"{DESK}/sharingagreements/a"] = agreement(data={"vi": evil, "en": evil})

    page = browser(AN).get(PAGE).text

    assert "<script>alert" not in page
    assert page.count(html.escape(evil, quote=False).partition("(")[0]) >= 10
