"""Stands before every page: session, limits, origin; and after it: headers, log, figures."""

from __future__ import annotations

import asyncio
import secrets
import time
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sen.portal import errors, header
from sen.portal.cluster import Cluster
from sen.portal.limit import Limits
from sen.portal.observing import Observer
from sen.portal.refusal import RefusedPageError
from sen.portal.session import RENEW_SECONDS, Jar
from sen.portal.settings import Settings
from sen.portal.state import KEY, State
from sen.portal.visit import UNSAFE
from stacks.problem import Language

FREE = ("/static/", "/healthz", "/readyz", "/metrics")


class Guard:
    """One ASGI layer around the app."""

    def __init__(
        self, app: ASGIApp, settings: Settings, cluster: Cluster, observer: Observer
    ) -> None:
        self._app, self._settings, self._cluster = app, settings, cluster
        self._jar, self._limits = Jar(settings), Limits(settings)
        self._observer = observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = self._state(HTTPConnection(scope))
        scope.setdefault("state", {})[KEY] = state
        answer = Answer(send, state, scope["path"])
        began = time.monotonic()
        try:
            self._check(Request(scope), state)
            await self._app(scope, self._counted(receive, scope), answer)
        except Exception as error:  # whatever it is, people get a page
            if answer.status:
                raise
            response = errors.answer(Request(scope), error)
            await response(scope, receive, answer)
        finally:
            self._observer.saw(scope, state, answer.status, time.monotonic() - began)

    def _state(self, seen: HTTPConnection) -> State:
        session = self._jar.session(seen.cookies)
        state = State(
            self._settings, self._jar, self._cluster, secrets.token_hex(8), session=session
        )
        state.signed_in = session is not None and not session.ended(state.now)
        if session and state.signed_in and state.now - session.seen >= RENEW_SECONDS:
            state.cookies.append(self._jar.keep(session.seen_at(state.now)))
        self._speak(seen, state)
        return state

    def _speak(self, seen: HTTPConnection, state: State) -> None:
        """Choose the language: the link's, else the cookie's, else Vietnamese."""
        asked = seen.query_params.get("lang")
        if asked in set(Language):
            state.cookies.append(self._jar.plain("lang", asked, 365 * 24 * 3600))
        chosen = asked if asked in set(Language) else seen.cookies.get(self._jar.name("lang"))
        state.lang = Language.EN if chosen == Language.EN else Language.VI

    def _check(self, request: Request, state: State) -> None:
        path = request.url.path
        if path.startswith(FREE):
            return
        if request.headers.get("host") not in self._settings.hosts:
            raise RefusedPageError(HTTPStatus.MISDIRECTED_REQUEST, "portal-host", "Host")
        self._limits.count(request, state)
        if request.method in UNSAFE and _origin(request) not in self._settings.origins:
            raise RefusedPageError(HTTPStatus.FORBIDDEN, "portal-form-forged", "Origin")

    def _counted(self, receive: Receive, scope: Scope) -> Receive:
        """Read a body up to the limit, and only for so long."""
        most, seconds = self._settings.body_bytes, self._settings.body_seconds
        told = HTTPConnection(scope).headers.get("content-length", "0")
        if told.isdecimal() and int(told) > most:
            raise too_large(most)
        read = 0
        whole = False

        async def counted() -> Message:
            nonlocal read, whole
            if whole:  # what comes now says that the client went
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), seconds)
            except TimeoutError as error:
                raise RefusedPageError(
                    HTTPStatus.REQUEST_TIMEOUT, "portal-too-slow", "POST"
                ) from error
            read += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if read > most:
                raise too_large(most)
            return message

        return counted


class Answer:
    """Sends an answer with our headers and cookies, and remembers its status."""

    def __init__(self, send: Send, state: State, path: str) -> None:
        self._send, self._state, self._path = send, state, path
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            header.add(headers, self._state, self._path)
            for cookie in self._state.cookies:
                headers.append("Set-Cookie", cookie)
        await self._send(message)


def too_large(most: int) -> RefusedPageError:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return RefusedPageError(status, "portal-too-large", "POST", kib=most // 1024)


def _origin(request: Request) -> str:
    """Give the site that sent a form; browsers tell it, others must too."""
    told = request.headers.get("origin") or request.headers.get("referer") or ""
    parts = urlsplit(told)
    return f"{parts.scheme}://{parts.netloc}"
