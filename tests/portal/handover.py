"""An environment goes from one agency to another, as people of both see it in a real browser."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sen.local.platform import Platform
from tests.platform_fixture import as_admin
from tests.portal.form import agree, field, phase
from tests.portal.visitor import Visitor

PATIENCE_SECONDS = 150
GROUP, TO = "h29-path-admins", "Thành phố Hồ Chí Minh"
OWN = {
    "budget.code": "H29-2026-001",
    "budget.monthly_ceiling_vnd": "200.000.000",
    "groups.admins": GROUP,
    "system.officer": "giang.vo@hcm.example.gov.vn",
    "system.owner_unit": "Sở Khoa học và Công nghệ Thành phố Hồ Chí Minh",
}


@dataclass(frozen=True)
class Handed:
    """What is handed over: the request of Ha Noi's that it stands by, and its name."""

    request: str
    name: str

    @property
    def mine(self) -> str:
        return f"/tenants/H26/{self.name}"

    @property
    def theirs(self) -> str:
        return f"/tenants/H29/{self.name}"


def hand_over(platform: Platform, what: Handed, ours: list[Visitor], theirs: list[Visitor]) -> None:
    """Offer, take, and look at both sides; the first of each side asks, the others agree."""
    an, dung = ours[0], theirs[0]
    assert dung.go(what.mine).status == dung.go(what.theirs).status == 404
    offer(an, what)
    for each in ours[1:]:
        agree(each, what.request)
    path = take(dung)
    for each in theirs:
        agree(each, path)
    the_new_agency_has_it(dung, what)
    the_old_agency_has_it_no_more(an, what)
    status, body = as_admin(platform).ask("GET", f"/api/v1/namespaces/{what.name}")
    assert status == 200
    assert json.loads(body)["metadata"]["labels"]["sen.gov.vn/agency"] == "H29"


def offer(an: Visitor, what: Handed) -> None:
    an.go(what.mine)
    form = an.page.locator("details:has(#to)")
    form.locator("summary").click()
    form.locator("#to").fill("H29")
    assert an.barriers() == []
    form.locator("button").click()
    an.page.wait_for_url(f"**{what.request}")
    assert TO in an.text()


def take(dung: Visitor) -> str:
    """Find what is offered on one's first page, fill in what is one's own; give its path."""
    link = dung.page.locator("section[aria-labelledby=offers] a")

    def is_offered() -> bool:
        dung.go("/")
        return link.count() == 1

    assert dung.wait_for(is_offered)
    dung.picture("offered-vi")
    link.click()
    dung.page.wait_for_url("**/requests/H29/*")
    path = dung.at()
    dung.page.locator(f"a[href='{path}/accept']").click()
    for name, text in OWN.items():
        field(dung.page, name).fill(text)
    dung.picture("accept-vi")
    assert dung.barriers() == []
    dung.page.locator("main form button:not(.secondary)").click()
    dung.page.wait_for_url(f"**{path}")
    return path


def the_new_agency_has_it(dung: Visitor, what: Handed) -> None:
    stands(dung, what.theirs, "ready")
    dung.picture("taken-vi")
    assert (GROUP in dung.text(), dung.barriers()) == (True, [])
    dung.go("/")
    tenants = dung.page.locator(f"section[aria-labelledby=tenants] a[href='{what.theirs}']")
    assert tenants.count() == 1
    assert dung.page.locator("section[aria-labelledby=offers]").count() == 0


def the_old_agency_has_it_no_more(an: Visitor, what: Handed) -> None:
    assert an.go(what.theirs).status == 404
    stands(an, what.mine, "transferred")
    an.picture("handed-vi")
    assert an.page.locator("section[aria-labelledby=change]").count() == 0
    assert (TO in an.text(), an.barriers()) == (True, [])
    an.go(what.request)
    assert phase(an) == "transferred"


def stands(visitor: Visitor, path: str, state: str) -> None:
    """Open a page again and again until it tells a state."""

    def is_there() -> bool:
        return visitor.go(path).status == 200 and phase(visitor) == state

    assert visitor.wait_for(is_there, PATIENCE_SECONDS), visitor.text()
