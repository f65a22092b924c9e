"""What a portal refuses: forged forms, foreign hosts, floods, great bodies; what it tells."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import re

import pytest

from sen.portal.app import STATIC, create
from sen.portal.person import Person
from sen.portal.session import Jar, begin
from tests.sen.portal.browser import URL, Browser
from tests.sen.portal.conftest import AN, BINH, DESK, GIANG

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
XSS = "<script>alert('Đặng')</script>"


def test_every_answer_carries_the_safety_headers(browser):
    an = browser(AN)

    for path in ("/", "/login", "/static/sen.css", "/healthz", "/none", "/requests/new"):
        headers = an.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none';"), path
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])
    assert an.get("/").headers["cache-control"] == "no-store"


def test_no_page_has_anything_inline(browser, asked):
    asked()
    an = browser(AN)

    for path in ("/", "/requests/new", "/requests/H26/portal-staging", "/inbox", "/login"):
        page = an.get(path).text
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]* src=)", page), path
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page), path


@pytest.mark.parametrize("csrf", [None, "", "x" * 32])
def test_form_without_the_sessions_secret_is_refused(browser, server, csrf):
    fields = {"act": "send", **({"csrf": csrf} if csrf is not None else {})}

    assert browser(AN).post("/requests/new", fields).status_code == 403
    assert server.seen == []


def test_another_persons_secret_is_no_secret(browser):
    csrf = browser(BINH).hidden("/")["csrf"]

    assert browser(AN).post("/logout", {"csrf": csrf}).status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.test"}, {"Origin": "null"}, {"Origin": ""}]
)
def test_form_from_elsewhere_is_refused(browser, headers):
    an = browser(AN)
    csrf = an.hidden("/")["csrf"]

    assert an.post("/logout", {"csrf": csrf}, headers=headers).status_code == 403
    assert an.post("/login/dev", {"person": BINH}, headers=headers).status_code == 403


def test_referer_stands_for_a_missing_origin(browser):
    an = browser(AN)
    fields = {"csrf": an.hidden("/")["csrf"]}

    assert an.ask("POST", "/logout", data=fields, headers={"Referer": f"{URL}/"}).status_code == 303


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1:1", "127.0.0.1.evil.test:8380"])
def test_foreign_name_is_not_answered(browser, host):
    assert browser().get("/login", headers={"Host": host}).status_code == 421


def test_headers_that_claim_groups_are_ignored(browser, server):
    forged = {
        "Impersonate-User": "system:admin",
        "Impersonate-Group": "system:masters",
        "X-Remote-User": "root",
        "X-Remote-Group": "system:masters",
        "X-Forwarded-User": "root",
    }

    browser(AN).get("/", headers=forged)

    assert len(server.seen) >= 4
    for request in server.seen:
        assert request.headers.get_list("Impersonate-User") == [AN]
        assert request.headers.get_list("Impersonate-Group") == ["oidc:h26-requesters"]
        assert "X-Remote-User" not in request.headers


def test_ten_megabytes_are_refused_by_their_length_and_by_their_count(browser):
    an = browser(AN)
    sent = an.post("/requests/new", content=b"a=" + b"x" * 10_000_000, headers=FORM)

    async def pieces():
        for _ in range(160):
            yield b"x" * 65_536

    counted = an.post("/requests/new", content=pieces(), headers=FORM)

    assert (sent.status_code, counted.status_code) == (413, 413)
    assert "64 KiB" in sent.text


def test_form_with_a_thousand_fields_is_refused(browser):
    fields = {f"f{number}": "x" for number in range(1000)}

    assert browser(AN).post("/requests/new", fields).status_code == 400


def test_other_types_than_a_form_are_refused(browser):
    assert browser(AN).post("/requests/new", json={"csrf": "x"}).status_code == 415


def test_body_that_does_not_come_is_given_up(settings, runner, clock):
    given = settings(body_seconds=0.01)
    sent = []

    async def never():
        await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    session = begin(demo(), clock().timestamp())
    cookie = Jar(given).keep(session).partition(";")[0]
    headers = {"host": "127.0.0.1:8380", "origin": URL, "cookie": cookie, **FORM}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/requests/new",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8380),
        "scheme": "http",
        "root_path": "",
    }
    runner.run(create(given)(scope, never, send))

    assert sent[0]["status"] == 408


def demo():
    return Person(AN, ("oidc:h26-requesters",), "An")


def test_floods_are_stopped_by_person_and_by_address(settings, runner):
    app = create(settings(per_person=3, per_address=6))
    here, there = Browser(app, runner), Browser(app, runner, "10.0.0.2")
    here.sign_in(AN)
    there.client.cookies = here.client.cookies

    codes = [here.get("/login").status_code for _ in range(2)]
    codes += [there.get("/login").status_code for _ in range(2)]
    others = [Browser(app, runner).get("/login").status_code for _ in range(5)]

    assert codes == [200, 200, 200, 429]
    assert others == [200, 200, 200, 429, 429]
    assert Browser(app, runner).get("/healthz").status_code == 200


def test_words_of_others_are_only_words(browser, server, asked):
    thing = asked()
    thing["spec"]["system"]["name"] = {"vi": XSS, "en": XSS}
    thing["spec"]["system"]["owner_unit"] = thing["spec"]["reason"] = XSS
    thing["metadata"]["name"] = "portal-staging"
    thing["status"]["conditions"] = [
        {"type": "Ready", "status": "False", "reason": "X", "message": XSS}
        | {"lastTransitionTime": "2026-11-21T00:00:00Z"}
    ]
    spec = {"request": "portal-staging", "material": "0", "role": "head", "decision": "reject"}
    server.objects[f"{DESK}/approvals/a"] = {
        "metadata": {"name": "a", "creationTimestamp": "2026-11-21T00:00:00Z"},
        "spec": {**spec, "by": XSS, "reason": XSS},
    }
    pages = ["/", "/requests/H26/portal-staging", f"/?agency=H26&q={XSS}", f"/?find={XSS}"]

    texts = [browser(AN).get(path).text for path in pages]
    texts.append(browser(BINH).get("/inbox").text)

    for text in texts:
        assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in texts[0]
    assert texts[1].count("&lt;script&gt;alert") >= 5


@pytest.mark.parametrize(
    "path",
    [
        "/requests/H26/..%2f..%2fsecrets",
        "/requests/H26/..",
        "/requests/H26/%2e%2e",
        "/requests/H26/UPPER",
        "/requests/H26/a%00b",
        "/requests/H26/pоrtal",
        "/requests/H26/portal%3Fwatch=1",
        "/requests/..%2fkube-system/x",
        "/requests/h26/x",
        "/requests/H99/x",
        "/requests/H26/" + "a" * 64,
        "/?agency=..%2f",
        "/agencies/none/under",
    ],
)
def test_names_that_are_none_never_reach_the_api_server(browser, server, path):
    an = browser(AN)

    assert an.get(path).status_code == 404
    assert [each for each in server.seen if "tenantrequests/" in each.url.path] == []


def test_what_another_may_not_read_looks_like_nothing(browser, server, asked):
    asked()
    server.closed.add("h26-desk-production")
    giang = browser(GIANG)

    there, absent = (giang.get(f"/requests/H26/{name}") for name in ("portal-staging", "none"))

    assert (there.status_code, absent.status_code) == (404, 404)
    strip = re.compile("<code>[0-9a-f]{16}</code>|/requests/H26/[a-z-]+")
    assert strip.sub("", there.text) == strip.sub("", absent.text)


def test_log_and_figures_name_nobody(browser, asked, caplog):
    asked()
    caplog.set_level(logging.INFO, "sen.portal")
    an = browser(AN)
    an.get("/requests/H26/portal-staging?q=secret")
    figures = an.get("/metrics").text

    lines = [json.loads(each.message) for each in caplog.records if each.name == "sen.portal"]
    told = json.dumps(lines) + figures
    assert lines[-2]["route"] == "/requests/{code}/{name}"
    assert set(lines[-2]) == {"at", "request_id", "method", "route", "status", "ms"}
    assert 'sen_portal_requests_total{method="GET",route="/requests/{code}/{name}"' in figures
    assert not re.search("hanoi|nguyen|portal-staging|secret|H26", told)


def test_broken_page_says_so_and_logs_no_content(browser, server, caplog):
    server.objects[f"{DESK}/tenantrequests/x"] = {"metadata": {}, "spec": {"secret": "s3cr3t"}}

    answer = browser(AN).get("/requests/H26/x")

    assert answer.status_code == 500
    assert "s3cr3t" not in answer.text + caplog.text
    assert answer.headers["x-request-id"] in answer.text
    assert "KeyError" in caplog.text


def test_vendored_script_is_the_one_that_was_taken():
    digest = hashlib.sha512((STATIC / "vendor" / "htmx.min.js").read_bytes()).digest()

    said = (STATIC / "vendor" / "README.md").read_text("utf-8")
    assert base64.b64encode(digest).decode() in said
    assert "0BSD" in said


def test_answers_to_watchers(browser, server):
    nobody = browser()
    assert nobody.get("/healthz", headers={"Host": "10.1.2.3"}).text == "ok"
    assert nobody.get("/readyz").status_code == 200

    server.down = True

    assert nobody.get("/healthz").status_code == 200
    assert nobody.get("/readyz").status_code == 503
