"""An official changes a request that waits: without JavaScript, in both languages, asked anew."""

from __future__ import annotations

import pytest

from tests.portal.form import agree, ask, field, phase
from tests.portal.people import HEAD, OFFICIAL

pytestmark = [
    pytest.mark.platform,
    pytest.mark.toolchain,
    pytest.mark.xdist_group("portal"),
]


@pytest.mark.parametrize(("lang", "old"), [("vi", "nội dung trước đó"), ("en", "earlier state")])
def test_request_that_waits_is_changed_and_decided_on_anew(visit, lang, old):
    binh, an = visit(HEAD, lang), visit(OFFICIAL, lang)
    path = ask(an, f"edit-{lang}")
    agree(binh, path)
    plain = visit(OFFICIAL, lang, java_script_enabled=False)

    plain.go(path)
    plain.page.locator(f"a[href='{path}/edit']").click()
    assert field(plain.page, "system.owner_unit").input_value() == "Sở Khoa học và Công nghệ Hà Nội"
    assert an_is_clear(an, f"{path}/edit")
    field(plain.page, "system.officer").fill("nobody")
    plain.page.locator("main form button").click()
    assert plain.page.locator("[role=alert]").count() == 1
    field(plain.page, "system.officer").fill(OFFICIAL.mail)
    plain.page.locator("[name=size][value=M]").check()
    plain.page.locator("main form button").click()
    plain.page.wait_for_url(f"**{path}")

    assert phase(plain) == "pending"
    assert old in plain.page.locator(".timeline").inner_text()
    binh.go(path)
    assert binh.page.locator("button[value=approve]").count() == 1
    assert "M" in binh.page.locator("section[aria-labelledby=says]").inner_text()


def an_is_clear(an, path):
    """Say whether the form has no barrier; the checker itself needs JavaScript."""
    an.go(path)
    return an.barriers() == []
