"""Every page for everybody: screen reader, keyboard, narrow screen, dark, without scripts."""

from __future__ import annotations

import pytest

from tests.portal.form import ASK, SEND, agree, answers, ask, field, fill, phase
from tests.portal.people import HEAD, OFFICIAL, SECURITY

pytestmark = [
    pytest.mark.platform,
    pytest.mark.toolchain,
    pytest.mark.xdist_group("portal"),
]
NARROW = {"width": 360, "height": 740}
MOST_TABS = 120


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_page_is_for_everybody(visit, lang):
    path = ask(visit(OFFICIAL, lang), f"reach-{lang}")
    binh = visit(HEAD, lang)
    binh.go("/")
    menu = {each.get_attribute("href") for each in binh.page.locator("nav.menu a").all()}
    pages = {*menu, path, "/?find=ha noi", "/agencies/H26/under", "/requests/H26/none", "/login"}
    assert {"/", ASK, "/inbox"} <= menu

    barriers, wide, tongues = [], {}, set()
    for each in sorted(pages):
        binh.page.set_viewport_size({"width": 1200, "height": 900})
        binh.page.emulate_media(color_scheme="light")
        binh.go(each)
        tongues.add(binh.page.locator("html").get_attribute("lang"))
        barriers += binh.barriers()
        binh.page.emulate_media(color_scheme="dark")
        barriers += binh.barriers()
        binh.page.set_viewport_size(NARROW)
        wide |= {each: over} if (over := binh.overflow()) else {}
        name = each.strip("/").replace("/", "-").partition("?")[0] or "home"
        binh.picture(f"narrow-dark-{name}-{lang}")

    assert (barriers, wide, tongues) == ([], {}, {lang})


def tab_to(visitor, selector):
    """Press Tab until the focus is there."""
    for _ in range(MOST_TABS):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"{selector} is not reached by Tab")


def test_asking_and_deciding_need_no_mouse(visit):
    an, chi = visit(OFFICIAL), visit(SECURITY)
    an.go(ASK)
    an.page.keyboard.press("Tab")
    assert an.page.evaluate("document.activeElement.matches('a.skip')")
    an.page.keyboard.press("Enter")

    for name in ("agency", "system.name.vi", "system.name.en", "system.slug", "system.owner_unit"):
        tab_to(an, f"[name='{name}']")
        an.page.keyboard.press("Control+a")
        an.page.keyboard.type(answers("keys")[name])
    tab_to(an, "[name=stage]")
    an.page.keyboard.press("ArrowDown")
    tab_to(an, "[name='system.level']")
    an.page.keyboard.type("2")
    tab_to(an, "[name=size]")
    an.page.keyboard.press("ArrowDown")
    for name in ("groups.admins", "budget.code", "budget.monthly_ceiling_vnd"):
        tab_to(an, f"[name='{name}']")
        an.page.keyboard.type(answers("keys")[name])
    tab_to(an, SEND)
    an.page.keyboard.press("Enter")
    an.page.wait_for_url("**/requests/H26/keys-staging")

    chi.go(an.at())
    tab_to(chi, "button[value=approve]")
    with chi.page.expect_navigation():
        chi.page.keyboard.press("Enter")
    assert SECURITY.mail in chi.page.locator(".timeline").inner_text()


def test_asking_and_deciding_need_no_script(visit):
    an, binh = (visit(each, java_script_enabled=False) for each in (OFFICIAL, HEAD))
    an.go(ASK)
    before = an.page.locator("#quote .price").inner_text()
    fill(an, "plain")
    an.page.locator("[name=size][value=M]").check()

    an.page.locator("button[value=recalculate]").click()
    assert an.page.locator("#quote .price").inner_text() != before
    assert field(an.page, "system.slug").input_value() == "plain"
    an.page.locator(SEND).click()
    an.page.wait_for_url("**/requests/H26/plain-staging")
    agree(binh, an.at())

    assert phase(binh) == "pending"
    assert HEAD.mail in binh.page.locator(".timeline").inner_text()
