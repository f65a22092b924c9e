"""The list of all environments: searched, by state, a part at a time, as far as one may read."""

from __future__ import annotations

import re

import pytest

from sen.portal.paging import part
from tests.sen.portal.conftest import AN, API, BINH, DESK, GIANG
from tests.sen.portal.thing import tenant

DUNG = "dung.pham@sen.gov.vn"
ROW = '<tr><th scope="row">'


@pytest.fixture
def country(server, asked):
    """Let the platform's people read environments of three agencies."""
    thing = asked()
    for number, agency in enumerate(("H26", "H29.00070", "H17", "H99")):
        name = f"{agency.lower().replace('.', '-')}-portal-staging"
        phase = "Failed" if number == 1 else "Ready"
        server.objects[f"{API}/tenants/{name}"] = tenant(thing, name, agency=agency, phase=phase)


def test_platform_people_find_environments_of_any_agency(browser, server, country):
    dung = browser(DUNG)

    page = dung.get("/tenants").text
    found = [dung.get(f"/tenants?{query}").text for query in ("q=da+nang", "phase=Failed", "q=zzz")]

    assert page.count(ROW) == 4
    assert 'href="/tenants/H29.00070/h29-00070-portal-staging"' in page
    assert [each.count(ROW) for each in found] == [1, 1, 0]
    assert "Thành phố Đà Nẵng" in found[0]
    assert "Không tìm thấy" in found[2]
    lists = [each for each in server.seen if each.url.path == f"{API}/tenants"]
    assert [each.url.params["includeObject"] for each in lists] == ["None"]


def test_others_find_those_of_their_own_desks(browser, server, asked):
    server.objects[f"{DESK}/tenants/a"] = tenant(asked(), "h26-portal-staging")
    server.closed = {"h29-"}

    an, giang = (browser(each).get("/tenants?lang=en").text for each in (AN, GIANG))

    assert (an.count(ROW), giang.count(ROW)) == (1, 0)
    assert "h26-portal" not in giang


def test_what_one_was_shown_is_no_others(browser, server, country):
    browser(DUNG).get("/tenants")
    for name in [each for each in server.objects if each.startswith(f"{API}/tenants/")]:
        del server.objects[name]

    assert browser(BINH).get("/tenants").text.count(ROW) == 0


def test_what_all_may_read_is_read_once_and_shown_to_nobody_who_may_not(browser, server, country):
    """What is remembered for all lies behind a question in each one's own name."""
    server.reads_all = {DUNG, GIANG}

    pages = [browser(each).get("/tenants").text for each in (DUNG, GIANG, BINH)]

    assert [each.count(ROW) for each in pages] == [4, 4, 0]
    at = [each.url.path for each in server.seen]
    assert at.count(f"{API}/tenants") == 1
    asked = [each for each in server.seen if each.url.path.endswith("accessreviews")]
    assert [each.headers["Impersonate-User"] for each in asked] == [DUNG, GIANG, BINH]


def test_long_list_is_shown_in_parts_that_keep_what_was_searched(browser, server, asked):
    thing = asked()
    for number in range(120):
        name = f"h26-s{number:03d}-staging"
        server.objects[f"{API}/tenants/{name}"] = tenant(thing, name)
    dung = browser(DUNG)

    second = dung.get("/tenants?q=ha+noi&page=2").text

    assert second.count(ROW) == 50
    links = re.findall(r'rel="(prev|next)" href="([^"]+)"', second)
    assert links == [
        ("prev", "/tenants?q=ha+noi&amp;phase=&amp;page=1"),
        ("next", "/tenants?q=ha+noi&amp;phase=&amp;page=3"),
    ]
    assert "h26-s050-staging" in second


@pytest.mark.parametrize(
    ("asked_for", "number"), [("", 1), ("2", 2), ("9", 3), ("0", 1), ("-1", 1), ("9" * 40, 1)]
)
def test_part_that_makes_no_sense_is_the_nearest(asked_for, number):
    assert part(range(5), asked_for, 2).number == number


def test_list_of_nothing_has_one_empty_part():
    assert part([], "3") == part([], "1")
    assert part([], "1").parts == 1
