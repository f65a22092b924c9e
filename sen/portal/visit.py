"""What a page is given: who visits, what they typed, the API server in their name."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sen.portal import draft, view, words
from sen.portal.cluster import Voice
from sen.portal.person import Person
from sen.portal.refusal import RefusedPageError, SignInError
from sen.portal.state import State
from stacks.problem import Language

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 200


@dataclass(frozen=True)
class Visit:
    """One visit of one person to one page."""

    request: Request
    person: Person
    api: Voice
    form: FormData
    state: State

    @property
    def lang(self) -> Language:
        return self.state.lang

    def text(self, name: str, default: str = "") -> str:
        """Give what was typed into a field, composed (NFC) and trimmed."""
        value = self.form.get(name, default)
        return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else default

    def query(self, name: str) -> str:
        return unicodedata.normalize("NFC", self.request.query_params.get(name, "")).strip()

    def say(self, text: str, **values: object) -> str:
        return words.say(self.lang, text, **values)

    def kept(self) -> FormData | None:
        """Give, once, what was typed here when the session had ended."""
        return draft.take(self.request, self.person)

    def page(self, template: str, status: int = HTTPStatus.OK, **context: Any) -> HTMLResponse:  # noqa: ANN401
        return view.page(self.request, template, status, **context)

    def go(self, path: str) -> Response:
        """Send the browser to another page after a form was taken."""
        return RedirectResponse(path, HTTPStatus.SEE_OTHER)


async def visit(request: Request) -> Visit:
    """Admit who is signed in; a form must carry the session's secret.

    Raises:
        SignInError: Nobody is, or no longer.
        RefusedPageError: A form without the secret, or of another type.
    """
    state = State.of(request)
    form = await _typed(request)
    session = state.session
    if session is None or not state.signed_in:
        raise SignInError
    if request.method in UNSAFE:
        given = form.get("csrf")
        known = isinstance(given, str) and secrets.compare_digest(given, session.csrf)
        if not known:
            raise RefusedPageError(HTTPStatus.FORBIDDEN, "portal-form-forged", "csrf")
    voice = state.cluster.speak_for(session.person)
    return Visit(request, session.person, voice, form, state)


async def _typed(request: Request) -> FormData:
    if request.method not in UNSAFE:
        return FormData()
    if request.headers.get("content-type", "").partition(";")[0].strip() != FORM:
        raise RefusedPageError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "portal-form-type", FORM)
    return await request.form(max_fields=MOST_FIELDS)


Visiting = Annotated[Visit, Depends(visit)]
