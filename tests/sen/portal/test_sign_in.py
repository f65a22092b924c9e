"""Signing in for demonstration, sessions and their ends, forms that outlive a session."""

from __future__ import annotations

import pytest

from sen.portal import login
from sen.portal.app import create
from sen.portal.person import admitted
from sen.portal.settings import Directory
from stacks.problem import ProblemError
from tests.sen.portal.browser import Browser
from tests.sen.portal.conftest import AN, BINH

OIDC = Directory("https://login.test", "sen-portal", "s")


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(browser):
    nobody = browser()

    sent = nobody.get("/inbox?q=a")

    assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=%2Finbox%3Fq%3Da")
    assert nobody.sign_in(AN, "/inbox?q=a").headers["location"] == "/inbox?q=a"


def test_cookie_is_sealed_and_out_of_reach_of_scripts(browser):
    cookie = browser().sign_in(AN).headers["set-cookie"]

    assert all(each in cookie for each in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=28800"))
    assert AN not in cookie
    assert "Secure" not in cookie


def test_cookie_over_https_is_bound_to_the_host(settings, runner):
    app = create(settings(dev_login=False, directory=OIDC, url="https://cong.gov.vn"))
    answer = Browser(app, runner).get("/login?lang=en", headers={"Host": "cong.gov.vn"})

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-sen-lang=en;")
    assert "Secure" in cookie
    assert "max-age" in answer.headers["strict-transport-security"]


@pytest.mark.parametrize("pause", [{"minutes": 31}, {"hours": 8}])
def test_session_ends(browser, clock, pause):
    an = browser(AN)

    clock.on(**pause)

    assert an.get("/").headers["location"].startswith("/login")


def test_session_lives_on_while_it_is_used_but_not_beyond_eight_hours(browser, clock):
    an = browser(AN)

    for _ in range(23):
        clock.on(minutes=20)
        assert an.get("/").status_code == 200
    clock.on(minutes=20)

    assert an.get("/").status_code == 303


def test_another_keys_session_is_none(browser, settings, runner):
    an = browser(AN)
    other = Browser(create(settings()), runner)
    other.client.cookies = an.client.cookies

    assert other.get("/").status_code == 303


def test_signing_out_ends_the_session(browser):
    an = browser(AN)
    csrf = an.hidden("/")["csrf"]

    an.post("/logout", {"csrf": csrf})

    assert an.get("/").status_code == 303


def test_form_sent_after_the_session_ended_is_kept_for_its_author(browser, clock):
    an = browser(AN)
    token = an.hidden("/requests/new")
    clock.on(minutes=40)

    sent = an.post("/requests/new", {**token, "system.name.vi": "Họp trực tuyến", "act": "send"})

    assert sent.headers["location"] == "/login?next=%2Frequests%2Fnew"
    assert "được giữ lại" in an.get(sent.headers["location"]).text
    an.sign_in(AN, "/requests/new")
    assert 'value="Họp trực tuyến"' in an.get("/requests/new").text
    assert "Họp trực tuyến" not in an.get("/requests/new").text


def test_price_that_the_page_asks_for_takes_no_kept_forms_place(browser, clock):
    an = browser(AN)
    token = an.hidden("/requests/new")
    clock.on(minutes=40)
    an.post("/requests/new", {**token, "system.name.vi": "Họp trực tuyến", "act": "send"})

    an.post("/requests/new/quote", token, headers={"HX-Request": "true"})

    an.sign_in(AN, "/requests/new")
    assert 'value="Họp trực tuyến"' in an.get("/requests/new").text


def test_kept_form_is_not_shown_to_another(browser, clock):
    an = browser(AN)
    token = an.hidden("/requests/new")
    clock.on(minutes=40)
    an.post("/requests/new", {**token, "system.name.vi": "Họp trực tuyến", "act": "send"})

    an.sign_in(BINH)

    assert "Họp trực tuyến" not in an.get("/requests/new").text


def test_form_of_nobody_is_not_kept(browser):
    sent = browser().post("/requests/new", {"system.name.vi": "Họp"})

    assert "set-cookie" not in sent.headers


@pytest.mark.parametrize(
    "target", ["//evil.test", "https://evil.test", "/\\evil.test", "x", "/a\nb", "/login", None]
)
def test_sign_in_leads_nowhere_else(target):
    assert login.safe(target) == "/"


def test_unknown_demo_person_is_refused(browser):
    assert browser().sign_in("eve").status_code == 400


def test_demo_people_are_not_there_unless_asked_for(settings, runner):
    plain = Browser(create(settings(dev_login=False, directory=OIDC)), runner)

    assert plain.sign_in(AN).status_code == 404
    assert "an.nguyen" not in plain.get("/login").text


def test_demo_sign_in_warns_on_every_page(browser):
    assert "Đang mở đăng nhập thử" in browser(AN).get("/").text


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"url": "https://cong.gov.vn"}, "portal-dev-login-open"),
        ({"url": "http://cong.gov.vn", "dev_login": False}, "portal-needs-https"),
        ({"dev_login": False}, "portal-no-login"),
    ],
)
def test_unsafe_settings_are_refused(settings, changed, key):
    with pytest.raises(ProblemError) as refused:
        settings(**changed)

    assert refused.value.problems[0].key == key


@pytest.mark.parametrize(
    "name", ["system:admin", "System:Admin", "sen:admin", "sen-portal", "SEN-PORTAL", "", "a b"]
)
def test_names_of_the_system_are_nobodys(name):
    with pytest.raises(ProblemError):
        admitted(name, [])


def test_groups_of_the_system_are_left_out():
    given = ["h26-heads", "oidc:h26-heads", "system:masters", "oidc:system:masters", "sen:x", "A b"]

    person = admitted(AN, [*given, "oidc:oidc:x", "h26-ioc:admins"])

    assert person.groups == ("oidc:h26-heads", "oidc:h26-ioc:admins")
