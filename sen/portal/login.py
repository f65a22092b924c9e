"""Signing in and out: at the OIDC provider, or as a demo person on this machine."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sen.portal import demo, draft, view
from sen.portal.oidc import Journey, Provider, set_out
from sen.portal.person import Person, admitted
from sen.portal.refusal import RefusedPageError
from sen.portal.session import begin
from sen.portal.state import State
from sen.portal.visit import Visiting

LOGIN, CALLBACK = "/login", "/login/callback"
JOURNEY = "journey"
JOURNEY_SECONDS = 600
router = APIRouter()


@router.get(LOGIN)
async def sign_in(request: Request) -> Response:
    state = State.of(request)
    return view.page(
        request,
        "login.html.j2",
        target=safe(request.query_params.get("next", "/")),
        kept=draft.waiting(request),
        directory=state.settings.directory is not None,
        people=demo.PEOPLE if state.settings.dev_login else (),
    )


@router.get("/login/oidc")
async def leave(request: Request) -> Response:
    state = State.of(request)
    journey = set_out(safe(request.query_params.get("next", "/")))
    address = await _provider(request).address(journey, _back(state))
    state.cookies.append(state.jar.write(JOURNEY, asdict(journey), JOURNEY_SECONDS))
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


@router.get(CALLBACK)
async def return_from_oidc(request: Request) -> Response:
    state = State.of(request)
    found = state.jar.read(JOURNEY, request.cookies)
    state.cookies.append(state.jar.drop(JOURNEY))
    code = request.query_params.get("code")
    if found is None or not code or request.query_params.get("state") != found["state"]:
        raise RefusedPageError(HTTPStatus.UNAUTHORIZED, "portal-sign-in-refused", "state")
    journey = Journey(**found)
    claims = await _provider(request).claims(journey, code, _back(state), state.now)
    settings = state.settings.directory
    if settings is None or claims.get("email_verified") is False:
        raise RefusedPageError(HTTPStatus.UNAUTHORIZED, "portal-sign-in-refused", "email_verified")
    user = str(claims.get(settings.user_claim) or claims["sub"])
    groups = claims.get(settings.groups_claim, ())
    given = [each for each in groups if isinstance(each, str)] if isinstance(groups, list) else []
    return _enter(state, admitted(user, given, claims.get("name")), journey.target)


@router.post("/login/dev")
async def sign_in_as(request: Request) -> Response:
    """Sign in as a demo person; only there where the portal was started so, on loopback."""
    state = State.of(request)
    if not state.settings.dev_login:
        raise RefusedPageError(HTTPStatus.NOT_FOUND, "portal-absent", "URL")
    form = await request.form()
    chosen = next((each for each in demo.PEOPLE if each.user == form.get("person")), None)
    if chosen is None:
        raise RefusedPageError(HTTPStatus.BAD_REQUEST, "portal-bad-form", "person")
    return _enter(state, admitted(chosen.user, chosen.groups, chosen.name), safe(form.get("next")))


@router.post("/logout")
async def sign_out(visit: Visiting) -> Response:
    visit.state.cookies.append(visit.state.jar.drop("session"))
    visit.state.signed_in = False
    return visit.go(LOGIN)


def to_login(request: Request) -> Response:
    """Send somebody to sign in and then back to where they were going."""
    path = request.url.path
    query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
    target = quote(path + query, safe="")
    return RedirectResponse(f"{LOGIN}?next={target}", HTTPStatus.SEE_OTHER)


def safe(target: object) -> str:
    """Give a page of this portal; anything else becomes the first page."""
    text = target if isinstance(target, str) else "/"
    foreign = not text.startswith("/") or text.startswith("//") or "\\" in text
    return "/" if foreign or not text.isprintable() or text.startswith(LOGIN) else text


def _enter(state: State, person: Person, target: str) -> Response:
    session = begin(person, state.now)
    if not state.jar.fits("session", asdict(session)):
        raise RefusedPageError(HTTPStatus.BAD_REQUEST, "portal-too-many-groups", "groups")
    # A renewal of the last session must not come after this one.
    state.cookies = [each for each in state.cookies if "session=" not in each]
    state.cookies.append(state.jar.keep(session))
    return RedirectResponse(target, HTTPStatus.SEE_OTHER)


def _provider(request: Request) -> Provider:
    found: Provider | None = request.app.state.provider
    if found is None:
        raise RefusedPageError(HTTPStatus.NOT_FOUND, "portal-absent", "URL")
    return found


def _back(state: State) -> str:
    return state.settings.url + CALLBACK
