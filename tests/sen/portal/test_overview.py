"""The country at a glance: counted right, as far as the person may read, and asked seldom."""

from __future__ import annotations

import json
import re

from sen.portal import nation
from sen.portal.survey import FIRST as FIRST_READ
from sen.tenancy.desk import desk_of
from stacks.models.agency import agencies
from tests.sen.portal.conftest import AN, API, BINH, DESK
from tests.sen.portal.thing import tenant

DUNG = "dung.pham@sen.gov.vn"
FIRST = [each.code for each in agencies().all() if each.is_first_level]


def line(agency="H26", *, phase="Ready", level=2, vnd=100):
    return {"Agency": agency, "Phase": phase, "Level": level, "VND/month": vnd}


def place(found, code):
    return next(each for each in found if each.agency.code == code)


def test_agencies_count_with_all_under_them():
    lines = [line(), line("H26.00070", phase="Failed", level=5, vnd=300), line("G18", phase=None)]

    found = nation.places(lines)

    hanoi = place(found, "H26")
    assert (hanoi.tenants, hanoi.ready, hanoi.failed, hanoi.away) == (2, 1, 1, 0)
    assert (hanoi.levels, hanoi.vnd, hanoi.permille) == ((0, 1, 0, 0, 1), 400, 800)
    assert (hanoi.shade, place(found, "G18").shade, place(found, "H29").shade) == (4, 2, 0)


def test_total_is_that_of_all():
    lines = [line(), line("G18", phase="Suspended", level=4), line("H29", phase="Ending")]

    total = nation.Nation(nation.places(lines), whole=True).total

    assert (total.tenants, total.ready, total.away) == (3, 1, 2)
    assert (total.levels, total.vnd, total.permille) == ((0, 2, 0, 1, 0), 300, 1000)


def test_without_tenants_every_agency_is_still_there():
    found = nation.places([])

    assert [each.agency.code for each in found] == FIRST
    assert {each.shade for each in found} == {0}


def test_tenants_of_an_agency_that_ended_or_is_unknown_do_not_break_it():
    found = nation.places([line("G14"), line("H99"), line("")])

    assert place(found, "G14").tenants == 1
    assert len(found) == len(FIRST) + 1


def test_each_province_has_a_tile_of_its_own():
    provinces = [code for code in FIRST if code.startswith("H")]

    assert (len(provinces), len(FIRST)) == (34, 51)
    assert sorted(nation.GRID) == sorted(provinces)
    assert len(set(nation.GRID.values())) == len(provinces)


def test_platform_people_see_all_with_one_list_and_not_again_at_once(browser, server, asked):
    thing = asked()
    server.objects[f"{API}/tenants/a"] = tenant(thing)
    server.objects[f"{API}/tenants/b"] = tenant(thing, agency="H29.00070", phase="Failed")
    dung = browser(DUNG)
    before = len(server.seen)

    first, second = (dung.get(f"/overview?lang={lang}").text for lang in ("vi", "en"))

    may, asked_once = server.seen[before:]
    assert asked_once.url.params["includeObject"] == "None"
    assert [each.headers["Impersonate-User"] for each in (may, asked_once)] == [DUNG, DUNG]
    assert "Toàn bộ cơ quan trong cả nước" in first
    assert "2.412.500 đ" in first
    assert "1 failed" in re.sub(r"\s+", " ", second)
    assert first.count('class="tile ') == 51


def test_others_see_their_own_part_and_what_one_saw_no_other_is_shown(browser, server, asked):
    thing = asked()
    server.objects[f"{DESK}/tenants/a"] = tenant(thing)
    server.closed = {"h29-", "/namespaces/h26-0", "/namespaces/h26-1"}

    binh, giang = browser(BINH), browser("giang.vo@tphcm.gov.vn")

    assert "1.206.250 đ" in binh.get("/overview").text
    assert "1.206.250 đ" not in giang.get("/overview").text
    wards = [desk_of(each.code) for each in agencies().children("H26")]
    asked_at = [each for each in map(desk_asked_at, server.seen) if each in wards]
    assert set(asked_at) == set(wards)
    assert len(asked_at) < len(wards) + FIRST_READ  # those are tried, then asked like the others


def desk_asked_at(request):
    """Give the desk that a call is about, be it a list or a question what may be done there."""
    path = request.url.path
    if path.endswith("rulesreviews"):
        return json.loads(request.content)["spec"]["namespace"]
    return path.partition("/namespaces/")[2].partition("/")[0]


def test_table_is_searched_without_marks(browser):
    page = browser(AN).get("/overview?q=da nang").text

    assert page.count('<tr><th scope="row">') == 1
    assert "Thành phố Đà Nẵng" in page
