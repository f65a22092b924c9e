"""Signing in at an OIDC provider: code flow with PKCE, state and nonce (OIDC Core 3.1)."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from sen.portal.refusal import RefusedPageError
from sen.portal.settings import Directory

LEEWAY_SECONDS = 60
FRESH_SECONDS = 600
ALGORITHMS = ["RS256", "ES256", "PS256"]
SCOPE = "openid email profile groups"
TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class Journey:
    """One sign-in under way; kept sealed in the browser that began it."""

    state: str
    nonce: str
    verifier: str
    target: str


def set_out(target: str) -> Journey:
    """Begin a sign-in that ends at a page of ours."""
    return Journey(generate_token(32), generate_token(32), generate_token(64), target)


class Provider:
    """An OIDC provider; what it says of itself is asked again after ten minutes."""

    def __init__(
        self, directory: Directory, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._directory, self._transport = directory, transport
        self._known: tuple[float, Mapping[str, Any], KeySet] | None = None

    async def address(self, journey: Journey, back: str) -> str:
        """Give where the browser goes to sign in.

        Raises:
            RefusedPageError: The provider does not answer (503).
        """
        about, _ = await self._about()
        found: str = prepare_grant_uri(
            about["authorization_endpoint"],
            client_id=self._directory.client,
            response_type="code",
            redirect_uri=back,
            scope=SCOPE,
            state=journey.state,
            nonce=journey.nonce,
            code_challenge=create_s256_code_challenge(journey.verifier),
            code_challenge_method="S256",
        )
        return found

    async def claims(self, journey: Journey, code: str, back: str, now: float) -> dict[str, Any]:
        """Exchange the code and give what the checked id token says.

        Raises:
            RefusedPageError: The provider does not answer, or what it says does not hold.
        """
        about, keys = await self._about()
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": journey.verifier,
        }
        secret = (self._directory.client, self._directory.secret)
        answer = await self._call("POST", about["token_endpoint"], data=given, auth=secret)
        try:
            token = jwt.decode(answer["id_token"], keys, algorithms=ALGORITHMS)
            self._registry(journey, now).validate(token.claims)
        except (JoseError, ValueError, KeyError) as error:
            raise _refused() from error
        return dict(token.claims)

    def _registry(self, journey: Journey, now: float) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(now),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._directory.issuer},
            aud={"essential": True, "value": self._directory.client},
            nonce={"essential": True, "value": journey.nonce},
            exp={"essential": True},
            iat={"essential": True},
        )

    async def _about(self) -> tuple[Mapping[str, Any], KeySet]:
        if self._known is None or time.monotonic() - self._known[0] > FRESH_SECONDS:
            base = self._directory.issuer.rstrip("/")
            about = await self._call("GET", f"{base}/.well-known/openid-configuration")
            if about.get("issuer") != self._directory.issuer:
                raise _refused()
            keys = KeySet.import_key_set(await self._call("GET", about["jwks_uri"]))
            self._known = (time.monotonic(), about, keys)
        return self._known[1], self._known[2]

    async def _call(self, method: str, url: str, **rest: Any) -> Any:  # noqa: ANN401 - JSON
        try:
            async with httpx.AsyncClient(
                transport=self._transport,
                timeout=TIMEOUT_SECONDS,
                trust_env=False,
                verify=ssl.create_default_context(),  # of the system, or of SSL_CERT_FILE
            ) as client:
                answer = await client.request(method, url, **rest)
                found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise _down(self._directory.issuer) from error
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _down(self._directory.issuer)
        if not answer.is_success:
            raise _refused()
        return found


def _down(issuer: str) -> RefusedPageError:
    return RefusedPageError(HTTPStatus.SERVICE_UNAVAILABLE, "portal-directory-down", issuer)


def _refused() -> RefusedPageError:
    return RefusedPageError(HTTPStatus.UNAUTHORIZED, "portal-sign-in-refused", "OIDC")
