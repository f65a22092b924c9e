"""The pages: an agency's desk, asking, following, deciding; in both languages."""

from __future__ import annotations

import datetime as dt
import html
import re
import unicodedata

import httpx
import pytest

from sen.portal.decided import digest
from tests.sen.portal.conftest import AN, API, BINH, CHI, DESK
from tests.sen.portal.fake_server import status
from tests.sen.portal.thing import tenant

PAGE = "/requests/H26/portal-staging"
FORM = {
    "agency": "H26",
    "stage": "staging",
    "size": "S",
    "system.blueprint": "e-office",
    "system.slug": "van-ban",
    "system.name.vi": "Quản lý văn bản",
    "system.name.en": "Document management",
    "system.owner_unit": "Văn phòng UBND",
    "system.officer": AN,
    "system.level": "proposed",
    "facts.internal": "yes",
    "facts.private_information": "yes",
    "groups.admins": "h26-van-ban-admins, h26-it",
    "budget.code": "H26-2026-014",
    "budget.monthly_ceiling_vnd": "5.000.000",
    "act": "send",
}


@pytest.fixture
def form(clock):
    today = clock().date()
    return {
        **FORM,
        "starts": today.isoformat(),
        "ends": (today + dt.timedelta(days=300)).isoformat(),
    }


def test_desk_shows_requests_tenants_and_what_is_left(browser, server, asked):
    thing = asked()
    server.objects[f"{DESK}/tenants/t"] = tenant(thing)
    spec = {"code": "H26", "name": {"vi": "Hà Nội", "en": "Ha Noi"}}
    quota = {"cpu": 10, "memory_gib": 100, "storage_gib": 1000}
    quota |= {"pods": 1, "services": 1, "volumes": 1}
    year = dt.datetime.now(dt.UTC).year
    budgets = [{"year": year, "vnd": 100_000_000}]
    server.objects[f"{API}/agencies/h26"] = {
        "metadata": {"name": "h26"},
        "spec": {**spec, "quota": quota, "budgets": budgets},
    }

    page = browser(AN).get("/").text

    assert "Thành phố Hà Nội" in page
    assert page.count(f'href="{PAGE}"') == 1
    assert page.count('href="/tenants/H26/h26-portal-staging"') == 1
    assert "1.206.250 đ" in page
    assert "<strong>8</strong>" in page
    assert f"Ngân sách năm {year}" in page
    assert "trên 100.000.000 đ" in page


def test_what_ends_soon_is_told(browser, server, asked, clock):
    thing = asked()
    ends = (clock().date() + dt.timedelta(days=10)).isoformat()
    server.objects[f"{DESK}/tenants/t"] = tenant(thing, ends=ends)

    page = browser(AN).get("/?lang=en").text

    assert "Ends soon" in page
    assert re.search(r"days left: (9|10|11)\b", page)


def test_lists_are_searched_without_marks(browser, asked):
    asked()
    an = browser(AN)

    found, none = (an.get(f"/?agency=H26&q={words}").text for words in ("cong dich vu", "duong"))

    assert (PAGE in found, PAGE in none) == (True, False)


def test_agencies_are_found_without_marks(browser):
    page = browser(AN).get("/?find=da nang").text

    assert "Thành phố Đà Nẵng" in page


def test_closed_desk_is_said_to_be_so(browser, server):
    server.closed.add("h29-desk-production")

    page = browser(AN).get("/?agency=H29&lang=en").text

    assert "You may not read this agency" in page


def test_agencies_under_one_are_those_that_may_be_read_and_are_asked_once(browser, server):
    class OneOpen(set):
        def __iter__(self):
            return iter(["/namespaces/h26-"])

    binh = browser(BINH)
    server.objects[f"{API}/namespaces/h26-00070-desk-production/tenantrequests/a"] = {}
    server.closed = OneOpen()
    closed = binh.get("/agencies/H26/under")
    first = len(server.seen)
    again = binh.get("/agencies/H26/under", headers={"HX-Request": "true"})

    assert closed.status_code == again.status_code == 200
    assert "<html" not in again.text
    assert first > 100
    assert len(server.seen) == first
    server.closed = set()
    assert "H26.00070" in browser(CHI).get("/agencies/H26/under").text


def test_request_is_asked_for_in_ones_own_name(browser, server, form):
    an = browser(AN)

    sent = an.post("/requests/new", {**an.hidden("/requests/new"), **form})

    assert sent.headers["location"] == "/requests/H26/van-ban-staging"
    made = server.objects[f"{DESK}/tenantrequests/van-ban-staging"]
    assert made["spec"]["requested_by"] == AN
    assert made["spec"]["system"]["level"] == 2
    assert made["spec"]["groups"]["admins"] == ["h26-van-ban-admins", "h26-it"]
    assert made["spec"]["budget"]["monthly_ceiling_vnd"] == 5_000_000
    assert "Quản lý văn bản" in an.get(sent.headers["location"]).text


def test_form_sent_twice_makes_one_request(browser, server, form):
    an = browser(AN)
    fields = {**an.hidden("/requests/new"), **form}

    first, second = (an.post("/requests/new", fields) for _ in range(2))

    assert first.headers["location"] == second.headers["location"]
    assert len([at for at in server.objects if "tenantrequests" in at]) == 1


def test_name_that_is_taken_is_told_at_its_field(browser, server, form):
    an = browser(AN)
    an.post("/requests/new", {**an.hidden("/requests/new"), **form})

    other = an.post("/requests/new", {**an.hidden("/requests/new"), **form})

    assert other.status_code == 409
    assert "đã có yêu cầu cho hệ thống" in other.text
    assert 'value="van-ban"' in other.text


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("system.slug", "vаn-ban", "system.slug"),
        ("system.slug", "Văn bản", "system.slug"),
        ("system.name.vi", "Quản lý vаn bản", "chữ Latinh"),
        ("system.name.en", "Docu\u202ement", "U+202E"),
        ("agency", "H99", "agency"),
        ("ends", "2020-01-01", "ends"),
        ("budget.monthly_ceiling_vnd", "1", "budget.monthly_ceiling_vnd"),
        ("budget.monthly_ceiling_vnd", "nhiều", "budget.monthly_ceiling_vnd"),
        ("groups.admins", "system:masters", "groups.admins"),
        ("facts.personal_data", "-1", "facts.personal_data"),
        ("facts.public_service", "yes", "facts"),
        ("size", "XXL", "size"),
    ],
)
def test_what_breaks_a_rule_is_told_and_nothing_is_lost(browser, server, form, field, value, told):
    an = browser(AN)

    sent = an.post("/requests/new", {**an.hidden("/requests/new"), **form, field: value})

    assert sent.status_code == 422
    assert told in sent.text
    assert 'value="Document management"' in sent.text or field == "system.name.en"
    assert not [at for at in server.objects if "tenantrequests" in at]


def test_names_are_composed(browser, server, form):
    an = browser(AN)
    loose = unicodedata.normalize("NFD", "Quản lý văn bản")

    an.post("/requests/new", {**an.hidden("/requests/new"), **form, "system.name.vi": loose})

    made = server.objects[f"{DESK}/tenantrequests/van-ban-staging"]
    assert made["spec"]["system"]["name"]["vi"] == "Quản lý văn bản"


def test_price_is_reckoned_with_and_without_scripts(browser, server, form):
    an = browser(AN)
    fields = {**an.hidden("/requests/new"), **form, "size": "M"}

    fragment = an.post("/requests/new/quote", fields)
    page = an.post("/requests/new", {**fields, "act": "recalculate"})

    for answer in (fragment, page):
        assert answer.status_code == 200
        assert "Đề xuất: cấp độ 2" in answer.text
        assert "Nghị định 331/2026/NĐ-CP" in answer.text
    price = re.search(r"<strong>([0-9.]+ đ)</strong>", fragment.text)[1]
    assert f"<strong>{price}</strong>" in page.text
    assert "<html" not in fragment.text
    assert not [at for at in server.objects if "tenantrequests" in at]


def test_level_below_the_proposed_is_warned_of(browser, form):
    an = browser(AN)
    fields = {**an.hidden("/requests/new"), **form, "system.level": "1", "size": "bad"}

    assert "thấp hơn mức đề xuất" in an.post("/requests/new/quote", fields).text


def test_own_figures_are_priced(browser, form):
    an = browser(AN)
    names = ("cpu", "memory_gib", "storage_gib", "pods", "services", "volumes")
    own = {f"quota.{name}": "1" for name in names}
    fields = {**an.hidden("/requests/new"), **form, **own}

    assert "1 × 180.000 đ" in an.post("/requests/new/quote", fields).text


def test_timeline_says_who_did_what_when(browser, server, asked):
    thing = asked(status={"phase": "Pending", "conditions": CONDITIONS})
    said = {"role": "head", "decision": "approve"}
    approve(server, BINH, digest(thing), "2026-11-21T02:00:00Z", **said)
    said = {"role": "security-officer", "decision": "reject"}
    approve(server, CHI, "0" * 64, "2026-11-21T03:00:00Z", **said)

    page = browser(AN).get(f"{PAGE}?lang=en").text

    steps = re.findall(r'<time datetime="([^"]+)">', page)
    assert steps == sorted(steps, reverse=True)
    assert "20/11/2026 09:00" in page
    assert all(each in page for each in (BINH, "Agreed", "Refused an earlier state", "Not built"))
    assert "Thay máy chủ" in page


def test_own_request_waits_for_others_only_as_long_as_anybody_is_missing(browser, server, asked):
    words, page = "somebody else decides", f"{PAGE}/timeline?lang=en"
    an, thing = browser(AN), asked(status={"phase": "Pending"}, level=2)
    before = an.get(page).text
    for hour, who, role in ((2, BINH, "head"), (3, CHI, "security-officer")):
        said = {"role": role, "decision": "approve"}
        approve(server, who, digest(thing), f"2026-11-21T0{hour}:00:00Z", **said)

    assert words in before
    assert words not in browser(BINH).get(page).text
    assert words not in an.get(page).text


CONDITIONS = [
    {
        "type": "Provisioned",
        "status": "False",
        "reason": "RunFailed",
        "message": "no room",
        "lastTransitionTime": "2026-11-21T05:00:00Z",
    },
    {
        "type": "Unknown",
        "status": "True",
        "reason": "X",
        "lastTransitionTime": "2026-11-21T05:00:00Z",
    },
]


def approve(server, by, material, when, **said):
    spec = {"request": "portal-staging", "by": by, "material": material, "price_vnd": 1}
    server.objects[f"{DESK}/approvals/{when}"] = {
        "metadata": {"name": when, "creationTimestamp": when},
        "spec": {**spec, "reason": "vì chưa rõ", **said},
    }


def test_inbox_has_what_waits_for_the_persons_role(browser, asked):
    asked()
    asked("other-staging", slug="other", status={"phase": "Ready"})
    asked("third-staging", slug="third", status={"phase": "Pending", "waits_for": ["platform"]})
    asked("fresh-staging", slug="fresh", status={"phase": None})

    binh, an = browser(BINH), browser(AN)

    page = binh.get("/inbox").text
    assert PAGE in page
    assert "fresh-staging" in page
    assert "other-staging" not in page
    assert "third-staging" not in page
    assert "Không có gì chờ bạn" in an.get("/inbox").text
    assert PAGE not in binh.get("/inbox?q=khong co").text


def test_head_agrees_to_what_was_shown(browser, server, asked):
    thing = asked()
    binh = browser(BINH)
    fields = {**binh.hidden(PAGE), "role": "head", "decision": "approve"}

    first, second = (binh.post(PAGE, fields) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    (made,) = [each for at, each in server.objects.items() if "approvals" in at]
    assert made["spec"]["by"] == BINH
    assert made["spec"]["material"] == digest(thing)
    assert made["spec"]["price_vnd"] > 0


def test_request_that_changed_meanwhile_is_not_agreed_to(browser, server, asked):
    asked()
    binh = browser(BINH)
    fields = {**binh.hidden(PAGE), "role": "head", "decision": "approve", "reason": "Được"}
    asked(size="M")

    sent = binh.post(PAGE, fields)

    assert sent.status_code == 409
    assert "đã thay đổi trong lúc bạn đọc" in sent.text
    assert 'value="Được"' in sent.text
    assert not [at for at in server.objects if "approvals" in at]


def test_nobody_decides_on_their_own_request(browser, server, asked):
    asked(by=BINH)
    binh = browser(BINH)
    page = binh.get(PAGE).text
    fields = {**binh.hidden(PAGE), "material": digest(asked(by=BINH)), "role": "head"}

    sent = binh.post(PAGE, {**fields, "token": "0" * 16, "decision": "approve"})

    assert "đề nghị của chính bạn" in page
    assert 'name="decision"' not in page
    assert sent.status_code == 403
    assert "không ai được tự quyết định" in sent.text.casefold()


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"decision": "reject"}, 422, "từ chối phải nêu lý do"),
        ({"decision": "reject", "reason": "1"}, 422, "từ chối phải nêu lý do"),
        ({"role": "superior"}, 422, "số văn bản"),
        ({"decision": "maybe"}, 422, "không đúng với trang này"),
        ({"token": "../x"}, 400, "không đúng với trang này"),
    ],
)
def test_incomplete_decisions_are_told(browser, server, asked, changed, code, words):
    asked()
    binh = browser(BINH)
    fields = {**binh.hidden(PAGE), "role": "head", "decision": "approve", **changed}

    sent = binh.post(PAGE, fields)

    assert sent.status_code == code
    assert words in sent.text.casefold()
    assert not [at for at in server.objects if "approvals" in at]


def test_what_the_server_refuses_is_told_in_the_readers_language(browser, server, asked):
    asked()
    binh = browser(BINH)
    fields = {**binh.hidden(PAGE), "role": "head", "decision": "approve"}
    words = "ValidatingAdmissionPolicy denied: không giữ vai trò / you do not hold the role"
    server.answer = None
    answer = server.__class__._serve

    def refuse(request, path):
        if request.method == "POST":
            return status(403, "Forbidden", words)
        return answer(server, request, path)

    server._serve = refuse

    vi, en = (binh.post(f"{PAGE}?lang={lang}", fields) for lang in ("vi", "en"))

    assert vi.status_code == en.status_code == 403
    assert "không giữ vai trò" in vi.text
    assert "you do not hold the role" in html.unescape(en.text)


def test_progress_is_streamed_until_it_is_over(browser, server, asked):
    asked(status={"phase": "Ready"})

    told = browser(AN).get(f"{PAGE}/live").text

    assert re.findall(r"event: (\w+)", told) == ["changed", "over"]
    request = server.seen[-1]
    assert request.url.params["fieldSelector"] == "metadata.name=portal-staging"
    assert request.headers["Impersonate-User"] == AN


def test_progress_without_scripts_is_a_page_that_loads_itself(browser, asked):
    asked()

    page = browser(AN).get(PAGE).text

    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page
    assert f'data-live="{PAGE}/live"' in page
    assert "<html" not in browser(AN).get(f"{PAGE}/timeline").text


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_platform_that_does_not_answer_is_said_and_tried_again(browser, server, lang):
    an = browser(AN)
    server.down = True

    answer = an.get(f"/?lang={lang}")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert '<meta http-equiv="refresh" content="10">' in answer.text
    words = {"vi": "nền tảng hiện không trả lời", "en": "the platform does not answer"}
    assert words[lang] in answer.text.casefold()
    server.down = False
    assert an.get("/").status_code == 200


@pytest.mark.parametrize("code", [500, 502, 503, 429, 401])
def test_platform_that_is_unwell_counts_as_not_answering(browser, server, code):
    an = browser(AN)
    server.answer = httpx.Response(code, text="oops")

    assert an.get(PAGE).status_code == 503


def test_answer_that_is_no_json_is_refused_without_a_trace(browser, server):
    an = browser(AN)
    server.answer = httpx.Response(418, text="teapot")

    answer = an.get(PAGE)

    assert answer.status_code == 418
    assert "Traceback" not in answer.text


def test_language_is_chosen_once(browser):
    an = browser(AN)
    assert 'lang="vi"' in an.get("/").text

    an.get("/?lang=en")

    assert '<html lang="en">' in an.get("/requests/new").text
    assert '<html lang="en">' in an.get("/?lang=xx").text


def test_person_of_no_agency_chooses_one(browser, server):
    page = browser("dung.pham@sen.gov.vn").get("/?lang=en").text

    assert "Choose an agency" in page


def test_whoever_reads_everything_has_one_list(browser, server, asked):
    thing = asked()
    server.objects[f"{API}/tenantrequests/x"] = thing
    dung = "dung.pham@sen.gov.vn"
    server.verbs[("h26-desk-production", dung)] = ["*"]

    page = browser(dung).get("/inbox").text

    assert PAGE in page
    assert not [each for each in server.seen if "h26-00" in each.url.path]


def test_price_that_a_decision_freezes_is_shown_before_the_operator_came(browser, server, asked):
    asked(status={"phase": None})
    binh = browser(BINH)
    page = binh.get(PAGE).text

    binh.post(PAGE, {**binh.hidden(PAGE), "role": "head", "decision": "approve"})

    (made,) = [each for at, each in server.objects.items() if "approvals" in at]
    shown = f"{made['spec']['price_vnd']:,}".replace(",", ".")
    assert f"<dd>{shown} đ</dd>" in page
    waits = re.compile("Đang chờ: ([^<]*)<")
    assert "thủ trưởng đơn vị" in waits.search(page)[1]
    assert "thủ trưởng đơn vị" not in waits.search(binh.get(PAGE).text)[1]


def test_language_changes_and_the_page_stays(browser, asked):
    asked()

    page = html.unescape(browser(AN).get("/?agency=H26&q=a b").text)

    assert 'href="/?agency=H26&q=a+b&lang=en"' in page


def test_request_that_breaks_the_rules_is_shown_and_not_decided_on(browser, asked):
    asked()["spec"]["system"]["level"] = 9

    page = browser(BINH).get(PAGE)

    assert page.status_code == 200
    assert 'name="decision"' not in page.text
