"""What people must not be able to do, tried in a real browser."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.portal.form import ASK, FREE_TEXT, SEND, answers, ask, field, fill
from tests.portal.people import HEAD, OFFICIAL, STRANGER

pytestmark = [
    pytest.mark.platform,
    pytest.mark.toolchain,
    pytest.mark.xdist_group("portal"),
]
EVIL = "Cổng \"><script>alert('ối')</script><img src=x onerror=alert(1)> 'Đắk Lắk' {{7*7}}"


def injected(visitor):
    return visitor.page.locator("main script, main img, main [onerror]").count()


def test_what_is_typed_is_shown_as_text_and_never_runs(visit):
    an, binh = visit(OFFICIAL), visit(HEAD)
    an.go(ASK)
    every = [name for name in answers("x") if name not in {"starts", "ends"}]
    fill(an, "x", **{name.replace(".", "__"): EVIL for name in every})
    an.page.locator(SEND).click()
    assert [field(an.page, name).input_value() for name in every] == [EVIL] * len(every)
    assert injected(an) == 0

    path = ask(an, "evil", **{name.replace(".", "__"): EVIL for name in FREE_TEXT})
    for each in (an, binh):
        for page in (path, "/", "/inbox"):
            each.go(page)
            assert injected(each) == 0
            assert EVIL in each.text() or (each is an and page == "/inbox")
    for page in ("/?find=", "/?q=", "/inbox?q=", "/requests/H26/", "/?agency=", "/login?next="):
        binh.go(page + quote(EVIL))
        assert injected(binh) == 0


def test_other_agencies_requests_look_like_none_at_all(visit):
    path = ask(visit(OFFICIAL), "mine")
    dung = visit(STRANGER)

    def seen(page):
        answer = dung.go(page)
        return answer.status, dung.text()

    mine, none = seen(path), seen("/requests/H26/none-staging")
    assert mine == none
    assert mine[0] in {403, 404}
    assert dung.go(path + "/timeline").status == dung.go(path + "/live").status == mine[0]
    dung.go("/?agency=H26")
    assert "mine" not in dung.text()

    dung.go(ASK)
    csrf = dung.page.locator("input[name=csrf]").first.get_attribute("value")
    given = {"csrf": csrf, "role": "head", "decision": "approve", "token": "0" * 16}
    assert dung.post(path, given).status in {403, 404}
    sent = dung.post(ASK, {"csrf": csrf, "act": "send", **answers("thief"), "stage": "staging"})
    assert sent.status in {403, 404, 422}
    assert seen("/requests/H26/thief-staging") == none


def test_a_script_in_a_page_would_be_refused_and_noticed(visit):
    """The check of the checks: what no page does is seen when one does it."""
    an = visit(OFFICIAL)
    an.go("/")
    inline = (
        "const s = document.createElement('script'); s.text = 'alert(1)'; document.body.append(s)"
    )

    an.page.evaluate(f"() => {{ {inline} }}")
    assert an.wait_for(lambda: bool(an.faults), 5)

    assert all("Content Security Policy" in fault for fault in an.faults)
    an.faults.clear()
