"""A person logs in at the directory (OIDC): code flow with PKCE, answered on a loopback port.

The token stays with the person's tools for its hour or so; no kubeconfig holds one (AC-12).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import secrets
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from sen.errors import MissingPartError, RefusedError
from stacks.problem import Problem, ProblemError

PATIENCE_SECONDS = 300.0
CALL_SECONDS = 20.0
SCOPE = "openid profile email"
LOOPBACK = "127.0.0.1"
_PAGE = "Đã đăng nhập, có thể đóng trang này. / You are logged in and may close this page."

Browse = Callable[[str], object]


@dataclass(frozen=True)
class Client:
    """Which program asks which directory.

    Attributes:
        authority: File of the authority that the directory's certificate is from; the system's.
    """

    issuer: str
    client_id: str
    authority: Path | None = None
    scope: str = SCOPE

    def __post_init__(self) -> None:
        if urlsplit(self.issuer).scheme != "https":
            raise ProblemError(Problem("access-issuer-https", self.issuer))


@dataclass(frozen=True)
class Token:
    """What the API server takes for a person, and until when."""

    text: str
    expires: dt.datetime


def login(client: Client, browse: Browse, patience: float = PATIENCE_SECONDS) -> Token:
    """Have the person log in in a browser, and give their token.

    Raises:
        MissingPartError: The directory does not answer, or nobody logged in in time.
        RefusedError: The directory refused, or what came is not what was asked for.
    """
    verifier, state, nonce = (secrets.token_urlsafe(48) for _ in range(3))
    with (
        httpx.Client(verify=_trust(client), timeout=CALL_SECONDS, trust_env=False) as http,
        _Answers((LOOPBACK, 0), _Answer) as answers,
    ):
        about = _asked(client, lambda: http.get(_metadata(client)))
        if about.get("issuer") != client.issuer:
            raise RefusedError(Problem("access-other-issuer", client.issuer))
        back = f"http://{LOOPBACK}:{answers.server_port}/callback"
        challenge = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": back,
            "scope": client.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": _text(challenge),
            "code_challenge_method": "S256",
        }
        browse(f"{about['authorization_endpoint']}?{urlencode(asked)}")
        code = answers.code(client, state, patience)
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": client.client_id,
            "code_verifier": verifier,
        }
        found = _asked(client, lambda: http.post(str(about["token_endpoint"]), data=given))
    return _checked(client, str(found.get("id_token", "")), nonce)


def _checked(client: Client, text: str, nonce: str) -> Token:
    """Read whom a token is for; its signature is the API server's to check (OIDC Core 3.1.3.7)."""
    try:
        body = text.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        meant = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        sound = claims["iss"] == client.issuer and client.client_id in meant
        expires = dt.datetime.fromtimestamp(claims["exp"], dt.UTC)
    except (ValueError, LookupError, TypeError, OverflowError):
        raise RefusedError(Problem("access-other-token", client.issuer)) from None
    if not sound or claims.get("nonce") != nonce:
        raise RefusedError(Problem("access-other-token", client.issuer))
    return Token(text, expires)


def _asked(client: Client, ask: Callable[[], httpx.Response]) -> Mapping[str, Any]:
    try:
        answer = ask()
        found = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise _silent(client, type(error).__name__) from error
    if answer.is_error:
        why = {"why": str(found.get("error", answer.status_code))}
        raise RefusedError(Problem("access-login-refused", client.issuer, why))
    if not isinstance(found, dict):
        raise _silent(client, "JSON")
    return found


def _silent(client: Client, why: str) -> MissingPartError:
    return MissingPartError(Problem("access-issuer-silent", client.issuer, {"why": why}))


def _trust(client: Client) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=client.authority and str(client.authority))
    except (OSError, ssl.SSLError) as error:
        raise ProblemError(Problem("access-no-authority", str(client.authority))) from error


def _metadata(client: Client) -> str:
    return f"{client.issuer.rstrip('/')}/.well-known/openid-configuration"


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode("ascii").rstrip("=")


class _Answers(HTTPServer):
    """Waits for the one answer of the directory, which the person's browser brings."""

    said: Mapping[str, list[str]] | None = None

    def code(self, client: Client, state: str, patience: float) -> str:
        end = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=patience)
        while self.said is None or self.said.get("state") != [state]:
            self.timeout = (end - dt.datetime.now(dt.UTC)).total_seconds()
            if self.timeout <= 0:
                raise _silent(client, "timeout")
            self.handle_request()
        if "code" not in self.said:
            why = {"why": "".join(self.said.get("error", ["?"]))[:200]}
            raise RefusedError(Problem("access-login-refused", client.issuer, why))
        return self.said["code"][0]


class _Answer(BaseHTTPRequestHandler):
    server: _Answers
    timeout = 10

    def do_GET(self) -> None:
        found = urlsplit(self.path)
        right = found.path == "/callback"
        if right:
            self.server.said = parse_qs(found.query)
        self.send_response(200 if right else 404)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(_PAGE.encode() if right else b"")

    def log_message(self, *_: object) -> None:
        """Say nothing: the address holds the code."""
