"""Keeps a form that was sent after the session had ended, sealed in the browser's own cookies."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request

from sen.portal.person import Person
from sen.portal.state import State

PURPOSE = "draft"
MINUTES = 30
PARTS = 4  # cookies of 4 kB each


async def keep(request: Request) -> None:
    """Keep what was typed, for whoever was signed in; nobody else is shown it.

    A question that the page asks by itself, such as for the price, is no form that was sent: kept
    later than the form, it would take its place.
    """
    state = State.of(request)
    if state.session is None or "hx-request" in request.headers:
        return
    form = await request.form()
    fields = [[name, value] for name, value in form.multi_items() if isinstance(value, str)]
    kept = [each for each in fields if each[0] != "csrf"]
    content = {"user": state.session.person.user, "path": _page(request), "fields": kept}
    state.cookies.extend(state.jar.write_long(PURPOSE, content, MINUTES * 60, PARTS))


def take(request: Request, person: Person) -> FormData | None:
    """Give what was kept for this page and this person, and forget it."""
    state = State.of(request)
    found: dict[str, Any] | None = state.jar.read_long(PURPOSE, request.cookies, PARTS)
    if not found or found["user"] != person.user or found["path"] != request.url.path:
        return None
    state.cookies.extend(state.jar.drop_long(PURPOSE, request.cookies, PARTS))
    return FormData([(name, value) for name, value in found["fields"]])


def _page(request: Request) -> str:
    """Give the page that shows the form: where it came from, if that is one of ours."""
    return request.url.path


def waiting(request: Request) -> bool:
    """Say whether a form is kept."""
    return State.of(request).jar.read_long(PURPOSE, request.cookies, PARTS) is not None
