"""The pages of a request, as people use them: fill in, send, decide."""

from __future__ import annotations

import datetime as dt

from playwright.sync_api import Locator, Page

from tests.portal.visitor import Visitor

ASK = "/requests/new"
SEND = "button[name=act][value=send]"
FREE_TEXT = ("system.name.vi", "system.name.en", "system.owner_unit", "reason")


def answers(slug: str) -> dict[str, str]:
    """Give what is typed for a healthy request of level 2."""
    today = dt.datetime.now(dt.UTC).date()
    return {
        "agency": "H26",
        "system.name.vi": "Cổng thông tin điện tử phường Hoàn Kiếm",
        "system.name.en": "Portal of Hoan Kiem ward",
        "system.slug": slug,
        "system.owner_unit": "Sở Khoa học và Công nghệ Hà Nội",
        "system.officer": "van.nguyen@hanoi.example.gov.vn",
        "starts": (today + dt.timedelta(days=1)).isoformat(),
        "ends": (today + dt.timedelta(days=300)).isoformat(),
        "groups.admins": f"h26-{slug}-admins",
        "budget.code": "H26-2026-014",
        "budget.monthly_ceiling_vnd": "200.000.000",
        "reason": "Thay máy chủ cũ đã hết hạn bảo hành",
    }


def field(page: Page, name: str) -> Locator:
    return page.locator(f"[name='{name}']:not([type=hidden])")


def fill(visitor: Visitor, slug: str, **changed: str) -> None:
    """Fill the form in: staging, level 2, size S; dots in names are written as `__`."""
    given = answers(slug) | {key.replace("__", "."): text for key, text in changed.items()}
    for name, text in given.items():
        field(visitor.page, name).fill(text)
    field(visitor.page, "stage").select_option("staging")
    field(visitor.page, "system.level").select_option("2")


def ask(visitor: Visitor, slug: str, **changed: str) -> str:
    """Send a request and give the path of its page."""
    visitor.go(ASK)
    fill(visitor, slug, **changed)
    visitor.page.locator(SEND).click()
    visitor.page.wait_for_url(f"**/requests/H26/{slug}-staging")
    return visitor.at()


def agree(visitor: Visitor, path: str, decision: str = "approve", reason: str = "") -> None:
    """Decide on the page of a request; it is sent as the browser does."""
    visitor.go(path)
    field(visitor.page, "reason").fill(reason)
    with visitor.page.expect_navigation():
        visitor.page.locator(f"button[name=decision][value={decision}]").click()


def phase(visitor: Visitor) -> str:
    """Give the state that the open page tells: the badge's class, the same in each language."""
    badge = visitor.page.locator(".state .badge").get_attribute("class") or ""
    return badge.removeprefix("badge ")
