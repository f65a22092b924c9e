"""What was done at a desk is found by word, without marks, and by day; others' desks stay shut."""

from __future__ import annotations

import pytest

from sen.portal.decided import digest
from tests.sen.portal.conftest import AN, BINH, DESK
from tests.sen.portal.thing import event

EVENTS = "/api/v1/namespaces/h26-desk-production/events"
GIANG = "giang.vo@tphcm.gov.vn"


@pytest.fixture
def desk(server, asked):
    thing = asked()
    spec = {"request": "portal-staging", "by": BINH, "material": digest(thing), "price_vnd": 1}
    server.objects[f"{DESK}/approvals/a"] = {
        "metadata": {"name": "a", "creationTimestamp": "2026-11-21T02:00:00Z"},
        "spec": {**spec, "role": "head", "decision": "approve", "reason": "Hồ sơ đầy đủ"},
    }
    words = "Có người sửa tay, đã khôi phục / It was edited by hand and put back"
    found = event("h26-portal-staging", words, when="2026-11-21T17:30:00Z", type_="Warning")
    server.objects[f"{EVENTS}/e"] = found


def rows(page):
    return page.count('<th scope="row"')


def test_requests_decisions_and_events_are_in_one_list_newest_first(browser, desk):
    page = browser(AN).get("/audit").text

    places = [page.index(each) for each in ("Có người sửa tay", "Hồ sơ đầy đủ", "Thay máy chủ")]
    assert places == sorted(places)
    assert rows(page) == 3
    assert 'href="/requests/H26/portal-staging"' in page
    assert "sen evidence show" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=ho so day du", 1),
        ("q=SUA TAY", 1),
        ("q=binh.tran", 1),
        ("q=portal-staging", 3),
        ("q=khong co", 0),
        ("from=2026-11-21", 2),
        ("from=2026-11-22&to=2026-11-22", 1),
        ("to=2026-11-20", 1),
        ("from=soon", 3),
    ],
)
def test_what_is_searched_is_found(browser, desk, query, count):
    assert rows(browser(AN).get(f"/audit?{query}").text) == count


def test_desk_that_may_not_be_read_shows_nothing(browser, server, desk):
    server.closed = {"h26-"}

    page = browser(GIANG).get("/audit?agency=H26").text

    assert "Không tìm thấy nội dung nào bạn được xem" in page
    assert rows(page) == 0


def test_who_belongs_to_no_agency_names_one(browser, desk):
    dung = browser("dung.pham@sen.gov.vn")

    assert "Hãy nhập mã cơ quan" in dung.get("/audit").text
    assert rows(dung.get("/audit?agency=H26").text) == 3
    assert dung.get("/audit?agency=../x").status_code == 404


def test_every_text_is_shown_as_text(browser, server, desk):
    evil = "<script>ạ</script>"
    server.objects[f"{EVENTS}/f"] = event(evil, f"{evil} / {evil}")
    server.objects[f"{DESK}/approvals/a"]["spec"]["reason"] = evil
    server.objects[f"{DESK}/approvals/a"]["spec"]["by"] = evil

    page = browser(AN).get("/audit", params={"agency": "H26", "q": ""}).text

    assert evil not in page
    assert page.count("&lt;script&gt;") >= 4
    assert evil not in browser(AN).get("/audit", params={"q": evil}).text
