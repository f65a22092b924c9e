"""Signing in at a directory: PKCE, state, nonce, signature, clocks, a directory that is down."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey

from sen.portal.app import create
from sen.portal.settings import Directory
from tests.sen.portal.browser import URL, Browser
from tests.sen.portal.conftest import AN

ISSUER = "https://login.test"


class FakeDirectory:
    """An OIDC provider in memory; a test spoils what its case is about."""

    def __init__(self, clock) -> None:
        self.clock, self.key, self.signer = clock, key("one"), None
        self.claims, self.sent, self.down = {}, {}, False
        self.issuer = ISSUER
        self.code = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("down", request=request)
        if request.url.path == "/.well-known/openid-configuration":
            paths = {
                "authorization_endpoint": "auth",
                "token_endpoint": "token",
                "jwks_uri": "jwks",
            }
            known = {name: f"{ISSUER}/{path}" for name, path in paths.items()}
            return httpx.Response(200, json={"issuer": self.issuer, **known})
        if request.url.path == "/jwks":
            return httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]})
        self.sent = {name: each[0] for name, each in parse_qs(request.content.decode()).items()}
        self.sent["auth"] = request.headers.get("authorization", "")
        return httpx.Response(self.code, json={"id_token": self.token()})

    def token(self) -> str:
        now = int(self.clock().timestamp())
        claims = {"iss": ISSUER, "aud": "sen-portal", "sub": "u1", "iat": now, "exp": now + 300}
        claims |= {"email": AN, "groups": ["h26-requesters", "system:masters", 7]}
        claims |= {"nonce": self.nonce, **self.claims}
        header = {"alg": "ES256", "kid": "one"}
        return jwt.encode(header, claims, self.signer or self.key, algorithms=["ES256"])


def key(name):
    return ECKey.generate_key("P-256", {"kid": name})


@pytest.fixture
def directory(clock):
    return FakeDirectory(clock)


@pytest.fixture
def guest(settings, runner, directory):
    given = settings(dev_login=False, directory=Directory(ISSUER, "sen-portal", "hidden"))
    return Browser(create(given, httpx.MockTransport(directory)), runner)


def go(guest, directory, **changed):
    """Go to the directory and come back as it would send one."""
    left = guest.get("/login/oidc?next=/inbox")
    asked = {
        name: each[0] for name, each in parse_qs(urlsplit(left.headers["location"]).query).items()
    }
    directory.nonce, directory.asked = asked["nonce"], asked
    back = {"code": "c0de", "state": asked["state"], **changed}
    return guest.get("/login/callback", params=back)


def test_person_comes_back_signed_in_with_their_groups(guest, directory, server):
    entered = go(guest, directory)

    assert entered.headers["location"] == "/inbox"
    assert guest.get("/").status_code == 200
    request = server.seen[-1]
    assert request.headers["Impersonate-User"] == AN
    assert request.headers.get_list("Impersonate-Group") == ["oidc:h26-requesters"]


def test_code_is_bound_to_the_browser_that_asked(guest, directory):
    go(guest, directory)

    asked, sent = directory.asked, directory.sent
    assert asked["code_challenge_method"] == "S256"
    assert asked["code_challenge"] == create_s256_code_challenge(sent["code_verifier"])
    assert asked["redirect_uri"] == sent["redirect_uri"] == f"{URL}/login/callback"
    assert sent["auth"].startswith("Basic ")


@pytest.mark.parametrize("changed", [{"state": "other"}, {"state": ""}, {"code": None}])
def test_answer_to_another_question_is_refused(guest, directory, changed):
    assert go(guest, directory, **changed).status_code == 401
    assert guest.get("/").status_code == 303


def test_answer_counts_once(guest, directory):
    go(guest, directory)

    again = guest.get("/login/callback", params={"code": "c", "state": directory.asked["state"]})

    assert again.status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "other"},
        {"aud": "another"},
        {"iss": "https://evil.test"},
        {"email_verified": False},
        {"exp": 0},
        {"nonce": None},
    ],
)
def test_token_that_does_not_hold_is_refused(guest, directory, claims):
    directory.claims = claims

    assert go(guest, directory).status_code == 401


@pytest.mark.parametrize("name", ["system:admin", "sen-portal", "sen:founder"])
def test_names_of_the_system_do_not_sign_in(guest, directory, name):
    directory.claims = {"email": name}

    assert go(guest, directory).status_code == 400
    assert guest.get("/").status_code == 303


def test_token_signed_by_another_is_refused(guest, directory):
    directory.signer = key("one")

    assert go(guest, directory).status_code == 401


@pytest.mark.parametrize(("seconds", "code"), [(-55, 303), (-70, 401), (55, 303), (70, 401)])
def test_clocks_may_differ_by_a_minute(guest, directory, clock, seconds, code):
    now = int(clock().timestamp())
    if seconds < 0:  # the directory is behind: its token has ended by our clock
        directory.claims = {"exp": now + seconds, "iat": now - 400}
    else:
        directory.claims = {"iat": now + seconds, "exp": now + 400}

    assert go(guest, directory).status_code == code


def test_person_without_an_address_goes_by_their_subject(guest, directory, server):
    directory.claims = {"email": None, "groups": "h26-heads"}
    go(guest, directory)
    guest.get("/?agency=H26")

    assert server.seen[-1].headers["Impersonate-User"] == "u1"
    assert server.seen[-1].headers.get_list("Impersonate-Group") == []


def test_directory_that_is_down_is_said_and_tried_again(guest, directory):
    directory.down = True

    answer = guest.get("/login/oidc")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "hệ thống đăng nhập hiện không trả lời" in answer.text.casefold()
    assert ISSUER not in answer.text
    directory.down = False
    assert guest.get("/login/oidc").status_code == 303


@pytest.mark.parametrize(("code", "expected"), [(500, 503), (400, 401)])
def test_directory_that_refuses_the_code_lets_nobody_in(guest, directory, code, expected):
    directory.code = code

    assert go(guest, directory).status_code == expected


def test_directory_that_calls_itself_otherwise_is_not_believed(guest, directory):
    directory.issuer = "https://evil.test"

    assert guest.get("/login/oidc").status_code == 401


def test_portal_without_a_directory_has_no_way_there(browser):
    assert browser().get("/login/oidc").status_code == 404


def test_more_groups_than_a_session_holds_are_refused(guest, directory):
    names = [f"h26-{hashlib.sha256(str(each).encode()).hexdigest()[:40]}" for each in range(200)]
    directory.claims = {"groups": names}

    assert go(guest, directory).status_code == 400
