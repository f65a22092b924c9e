"""Signing in and out at a real provider, and what the first page shows."""

from __future__ import annotations

import pytest

from tests.portal.people import OFFICIAL

pytestmark = [
    pytest.mark.platform,
    pytest.mark.toolchain,
    pytest.mark.xdist_group("portal"),
]


@pytest.mark.parametrize(("lang", "words"), [("vi", "Đề nghị mới"), ("en", "New request")])
def test_official_signs_in_in_their_own_language_and_out(visit, lang, words):
    an = visit(OFFICIAL, lang)

    assert an.page.locator("html").get_attribute("lang") == lang
    assert words in an.page.locator("nav.menu").inner_text()
    assert OFFICIAL.name in an.page.locator("header").inner_text()
    assert an.barriers() == []

    an.page.locator("form[action='/logout'] button").click()
    assert an.at() == "/login"
    an.picture(f"login-{lang}")
    assert an.barriers() == []
    an.go("/")
    assert an.at() == "/login"
