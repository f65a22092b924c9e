"""Costs as a table and as CSV, a dossier as a draft: of what the person reads, and nothing else."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

from tests.sen.portal.conftest import AN, DESK
from tests.sen.portal.thing import NAME, tenant

GIANG = "giang.vo@tphcm.gov.vn"


@pytest.fixture
def charged(server, asked):
    thing = asked()
    server.objects[f"{DESK}/tenants/{NAME}"] = tenant(thing, starts="2026-01-01", ends="2027-12-31")
    return thing


def lines(answer):
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_bill_is_shown_and_the_file_says_the_same(browser, charged):
    an = browser(AN)

    page = an.get("/reports?by=system&year=2026").text
    file = an.get("/reports/showback.csv?by=system&year=2026")

    (row,) = lines(file)
    assert (row["key"], row["tenants"], row["tenant_days"]) == ("portal", "1", "365")
    assert f"{int(row['vnd']):,}".replace(",", ".") + " đ" in page
    assert file.headers["content-disposition"].endswith('filename="showback-system-2026-all.csv"')
    assert file.text.startswith("\ufeff")


def test_month_is_part_of_the_year(browser, charged):
    an = browser(AN)

    year, month = (
        int(lines(an.get(f"/reports/showback.csv?year=2026&month={month}"))[0]["vnd"])
        for month in ("", "3")
    )

    assert 0 < month < year


@pytest.mark.parametrize("query", ["by=x", "year=9999", "year=-1", "month=13", "month=٣", "year=a"])
def test_choice_that_makes_no_sense_is_as_usual(browser, charged, query):
    an = browser(AN)

    usual, odd = (an.get(f"/reports/showback.csv?{each}") for each in ("", query))

    assert (odd.status_code, lines(odd)) == (200, lines(usual))


def test_costs_of_others_are_not_shown(browser, server, charged):
    server.closed = {"h26-"}
    giang = browser(GIANG)

    assert "không có chi phí nào bạn được xem" in giang.get("/reports").text
    assert lines(giang.get("/reports/showback.csv?by=tenant")) == []
    assert "portal-staging" not in giang.get("/reports?agency=H26").text


def test_dossier_is_drawn_up_from_the_request(browser, charged):
    an = browser(AN)
    link = "/reports/dossier/H26/portal-staging"
    assert link in an.get("/reports").text

    answer = an.get(link)

    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as document:
        text = document.read("word/document.xml").decode()
    assert "Cổng dịch vụ công" in text
    assert 'filename="H26-portal-staging-vi.docx"' in answer.headers["content-disposition"]


@pytest.mark.parametrize("name", ["none", "..%2Fx", "portal-staging"])
def test_dossier_of_what_one_may_not_read_is_absent(browser, server, charged, name):
    server.closed = {"h26-"}

    assert browser(GIANG).get(f"/reports/dossier/H26/{name}").status_code == 404


def test_every_text_is_shown_as_text(browser, server, charged):
    evil = "<script>x</script>"
    charged["spec"]["system"] = {**charged["spec"]["system"], "name": {"vi": evil, "en": evil}}
    approved = server.objects[f"{DESK}/tenants/{NAME}"]["spec"]["approved"]
    approved["system"] = {**approved["system"], "slug": evil}

    page = browser(AN).get("/reports?by=system&year=2026").text

    assert evil not in page
    assert page.count("&lt;script&gt;") == 2
