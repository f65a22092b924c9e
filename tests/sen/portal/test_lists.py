"""Catalogue, waivers, agreements: what may be read is listed, found, and shown as text."""

from __future__ import annotations

import html
import re

import pytest

from policies.waiver import Register, Waiver
from sen.portal.pages import waivers
from stacks.models.blueprint import Blueprint
from tests.sen.portal.conftest import AN, API, DESK
from tests.sen.portal.thing import agreement, waiver

EVIL = "<img src=x onerror=\"alert('ạ')\">"
DUNG, GIANG = "dung.pham@sen.gov.vn", "giang.vo@tphcm.gov.vn"


def test_catalogue_has_every_blueprint_with_a_way_to_ask_for_it(browser):
    an = browser(AN)
    page = an.get("/blueprints").text

    links = re.findall(r'href="(/requests/new\?blueprint=[^"]+)"', page)

    assert len(links) == len(Blueprint)
    chosen = an.get("/requests/new?blueprint=open-data").text
    assert '<option value="open-data" selected>' in chosen


def test_catalogue_is_searched_in_both_languages_without_marks(browser):
    an = browser(AN)

    for words in ("kham chua benh", "telehealth", "mot cua"):
        assert an.get(f"/blueprints?q={words}").text.count('class="card"') == 1, words
    assert "Không có mẫu nào" in an.get("/blueprints?q=zzz").text


@pytest.fixture
def file(monkeypatch):
    """Give the register's file one waiver each of H26, of H29, and of no agency."""
    given = {
        "rule": "no-host-path",
        "level": 3,
        "reason": "Đang thay thế",
        "owner": "a@example.gov.vn",
        "approver": "b@example.gov.vn",
        "start": "2026-11-01",
        "end": "2027-01-31",
        "compensating": "Chỉ đọc",
    }
    kept = [
        Waiver.model_validate({**given, "id": name, "object": {"kind": kind, **where}})
        for name, kind, where in (
            ("F-1", "apps/Deployment", {"namespace": "h26-x-staging", "name": "one"}),
            ("F-2", "apps/Deployment", {"namespace": "h29-x-staging", "name": "two"}),
            ("F-3", "/Namespace", {"name": "three"}),
        )
    ]
    monkeypatch.setattr(waivers, "_register", lambda: Register(tuple(kept)))


def test_waivers_of_desk_and_register_are_those_of_ones_own_agency(browser, server, file):
    server.objects[f"{DESK}/waivers/w1"] = waiver()
    server.closed = {"h29-"}

    page = browser(AN).get("/waivers").text

    shown = ["require-probes", "h26-x-staging one", "h29-x-staging two", "three"]
    assert [each in page for each in shown] == [True, True, False, False]
    assert "cán bộ an toàn thông tin" in page
    assert "chờ đồng ý" in page


def test_platform_people_see_all_waivers(browser, server, file):
    server.objects[f"{API}/waivers/w1"] = waiver()

    page = browser(DUNG).get("/waivers?lang=en").text

    assert all(each in page for each in ("require-probes", "one", "two", "three", "in force"))


def test_waiver_that_breaks_a_rule_is_named(browser, server, file):
    agreed = [{"role": "security-officer", "by": "chi.le@hanoi.gov.vn"}]
    server.objects[f"{DESK}/waivers/w1"] = waiver(ends="2029-01-31", approvals=agreed)
    server.objects[f"{DESK}/waivers/w2"] = waiver("w2", level=9)

    page = browser(AN).get("/waivers").text

    assert "h26-desk-production-w1" in page
    assert "h26-desk-production-w2" in page
    assert page.count("problem-box") >= 2


def test_waivers_are_searched_without_marks(browser, server, file):
    server.objects[f"{DESK}/waivers/w1"] = waiver()
    an = browser(AN)

    assert "require-probes" in an.get("/waivers?q=ung dung cu").text
    assert "require-probes" not in an.get("/waivers?q=khong co").text


def test_agreements_say_who_reads_what_until_when(browser, server):
    server.objects[f"{DESK}/sharingagreements/a1"] = agreement()
    past = agreement("a2", starts="2025-01-01", ends="2025-12-31", personal_data=False)
    server.objects[f"{DESK}/sharingagreements/a2"] = past
    later = agreement("a3", starts="2099-01-01", ends="2099-12-31")
    server.objects[f"{DESK}/sharingagreements/a3"] = later

    page = browser(AN).get("/agreements?lang=en").text

    assert re.findall(r'class="badge[^>]*>([^<]+)<', page) == ["not begun", "in force", "over"]
    assert "Results of procedures" in page
    assert "31/12/2025" in page


def test_agreements_are_searched_without_marks(browser, server):
    server.objects[f"{DESK}/sharingagreements/a1"] = agreement()
    an = browser(AN)

    assert "h26-analytics" in an.get("/agreements?q=thu tuc").text
    assert "h26-analytics" not in an.get("/agreements?q=dat dai").text


@pytest.mark.parametrize("path", ["/waivers", "/agreements"])
def test_lists_that_may_not_be_read_are_empty(browser, server, path):
    server.objects[f"{DESK}/waivers/w1"] = waiver()
    server.objects[f"{DESK}/sharingagreements/a1"] = agreement()
    server.closed = {"h26-"}

    for person in (GIANG, AN):
        page = browser(person).get(path).text
        assert "Không có mục nào bạn được xem" in page
        assert "require-probes" not in page
        assert "h26-analytics" not in page


def test_every_text_is_shown_as_text(browser, server, file):
    texts = {"reason": EVIL, "compensating": EVIL, "owner": EVIL}
    server.objects[f"{DESK}/waivers/w1"] = waiver(**texts)
    data = {"vi": EVIL, "en": EVIL}
    server.objects[f"{DESK}/sharingagreements/a1"] = agreement(data=data, legal_basis=EVIL)
    an = browser(AN)

    for path in ("/waivers", "/agreements", "/blueprints", "/overview"):
        page = an.get(f"{path}?q=").text
        assert "<img src=x" not in page
        assert "<img src=x" not in an.get(path, params={"q": EVIL}).text
    assert html.escape("<img src=x") in an.get("/waivers").text
