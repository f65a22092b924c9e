"""Error pages: the rule and the remedy in the reader's language, the request id, no trace."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from sen.portal import view
from sen.portal.observing import failed
from sen.portal.refusal import RefusedPageError, ServerRefusedError, admission_words, told
from sen.portal.state import State
from sen.portal.visit import UNSAFE
from stacks.problem import Problem, ProblemError

RETRY_SECONDS = 10
ABSENT = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN})


def answer(request: Request, error: Exception) -> HTMLResponse:
    """Give the page of an error."""
    state = State.of(request)
    status, problems = _known(error, reads=request.method not in UNSAFE)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        failed(state, error)
    waiting = status == HTTPStatus.SERVICE_UNAVAILABLE
    # Only what may be asked twice is asked again by itself.
    again = RETRY_SECONDS if waiting and request.method == "GET" else None
    detail = admission_words(error.why, state.lang) if isinstance(error, ServerRefusedError) else ""
    response = view.page(
        request,
        "error.html.j2",
        status,
        problems=[told(problem, state.lang) for problem in problems],
        detail=detail if request.method in UNSAFE else "",
        code=int(status),
        refresh=again,
    )
    if waiting:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _known(error: Exception, *, reads: bool) -> tuple[HTTPStatus, tuple[Problem, ...]]:
    if reads and isinstance(error, ServerRefusedError) and error.status in ABSENT:
        # Who may not read a thing is not told whether it is there.
        return HTTPStatus.NOT_FOUND, (Problem("portal-absent", "URL"),)
    if isinstance(error, RefusedPageError):
        return error.status, error.problems
    if isinstance(error, ProblemError):
        return HTTPStatus.BAD_REQUEST, error.problems
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        if status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
            return status, (Problem("portal-absent", "URL"),)
        return status, (Problem("portal-bad-form", str(status.value)),)
    return HTTPStatus.INTERNAL_SERVER_ERROR, (Problem("portal-broken", "500"),)
