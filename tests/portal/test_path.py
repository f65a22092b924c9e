"""From the wish to the environment, in both languages, and on to another agency: real browser."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.platform_fixture import as_admin
from tests.portal.form import ASK, SEND, agree, ask, field, fill, phase
from tests.portal.handover import Handed, hand_over
from tests.portal.people import HEAD, OFFICIAL, SECURITY, STRANGER, THEIR_SECURITY

pytestmark = [
    pytest.mark.platform,
    pytest.mark.toolchain,
    pytest.mark.xdist_group("portal"),
]
READY_SECONDS = 150


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_one_asks_two_others_agree_and_the_environment_stands(visit, platform, lang):
    slug = f"path-{lang}"
    an, binh, chi = (visit(each, lang) for each in (OFFICIAL, HEAD, SECURITY))

    path = ask_with_an_eye_on_the_price(an, slug)
    find_and_agree(binh, path, OFFICIAL.mail)
    agree(chi, path)

    # The official's page has been open all the while, and nobody reloads it.
    an.page.locator(".state .badge.ready").wait_for(timeout=READY_SECONDS * 1000)
    an.picture(f"ready-{lang}")
    told = an.page.locator(".timeline").inner_text()
    assert (HEAD.mail in told, SECURITY.mail in told, an.barriers()) == (True, True, [])
    status, body = as_admin(platform).ask("GET", f"/api/v1/namespaces/h26-{slug}-staging")
    assert status == 200
    assert json.loads(body)["metadata"]["labels"]["sen.gov.vn/level"] == "2"
    an.go("/")
    an.picture(f"home-{lang}")
    an.page.locator(f"section[aria-labelledby=tenants] a[href*='{slug}']").click()
    an.page.wait_for_url(f"**/tenants/H26/h26-{slug}-staging")
    an.picture(f"tenant-{lang}")
    assert (f"h26-{slug}-staging.kubeconfig" in an.text(), an.barriers()) == (True, [])
    if lang == "vi":  # what stands is handed on: once is enough, and building another takes long
        dung, giang = visit(STRANGER), visit(THEIR_SECURITY)
        what = Handed(path, f"h26-{slug}-staging")
        hand_over(platform, what, [an, binh, chi], [dung, giang])


def ask_with_an_eye_on_the_price(an, slug):
    """Fill the form in; level, chain and price follow without a click; send it."""
    an.go(ASK)
    quote = an.page.locator("#quote")
    small, price = quote.locator(".price").inner_text(), quote.locator(".price")
    field(an.page, "facts.public_service").check()
    an.page.locator("[name=size][value=M]").check()
    expect(price).not_to_have_text(small)
    fill(an, slug)
    expect(quote.locator(".chain li")).to_have_count(2)
    expect(quote).to_contain_text("331/2026")
    an.picture(f"ask-{an.lang()}")
    an.page.locator(SEND).click()
    an.page.wait_for_url(f"**/requests/H26/{slug}-staging")
    return an.at()


def find_and_agree(binh, path, by):
    """Find the request among those to decide, read it, agree."""
    binh.go("/inbox")
    binh.picture(f"inbox-{binh.lang()}")
    binh.page.locator(f"a.button[href='{path}']").click()
    assert by in binh.text()
    binh.picture(f"decide-{binh.lang()}")
    with binh.page.expect_navigation():
        binh.page.locator("button[value=approve]").click()


def test_nobody_decides_on_a_request_of_their_own(visit):
    binh = visit(HEAD)

    path = ask(binh, "own")
    assert binh.page.locator("button[name=decision]").count() == 0
    csrf = binh.page.locator("input[name=csrf]").first.get_attribute("value")
    forged = {"csrf": csrf, "role": "head", "decision": "approve", "token": "0" * 16}
    answer = binh.post(path, forged)

    assert answer.status == 403
    binh.go(path)
    assert phase(binh) == "pending"
    assert HEAD.mail not in binh.page.locator(".timeline li").nth(1).all_inner_texts()


def test_refusal_needs_a_reason_which_the_official_reads(visit):
    an, chi = visit(OFFICIAL), visit(SECURITY)
    path = ask(an, "refused")
    why = "Hồ sơ đề xuất cấp độ chưa được thẩm định"

    agree(chi, path, "reject")
    assert chi.page.locator("[role=alert]").count() == 1
    assert chi.barriers() == []
    agree(chi, path, "reject", why)

    an.page.locator(".state .badge.rejected").wait_for()
    assert why in an.text()
    an.picture("refused-vi")


def test_form_that_is_wrong_says_where_and_keeps_what_was_typed(visit):
    an = visit(OFFICIAL)
    an.go(ASK)
    fill(an, "Không Phải Tên", system__officer="nobody", ends="2020-01-01")

    an.page.locator(SEND).click()

    assert an.page.locator("[role=alert] li").count() >= 3
    assert field(an.page, "system.slug").input_value() == "Không Phải Tên"
    assert field(an.page, "system.slug").get_attribute("aria-invalid") == "true"
    assert an.barriers() == []
    an.picture("wrong-vi")


def test_session_that_ends_in_the_middle_of_a_form_loses_nothing(visit, platform):
    an = visit(OFFICIAL)
    an.go(ASK)
    fill(an, "kept", reason="Gõ mất nửa giờ")
    an.expire(platform)

    an.page.locator(SEND).click()
    assert an.at() == "/login"
    an.enter(OFFICIAL)

    assert an.at() == ASK
    assert field(an.page, "reason").input_value() == "Gõ mất nửa giờ"
    assert field(an.page, "stage").input_value() == "staging"
    an.page.locator(SEND).click()
    an.page.wait_for_url("**/requests/H26/kept-staging")
