"""A page that says no: which rule, what to do, with its HTTP status."""

from __future__ import annotations

from http import HTTPStatus

import httpx

from stacks.problem import Language, Problem, ProblemError, messages

PASSING = frozenset({429, 500, 502, 503, 504})


class RefusedPageError(ProblemError):
    """A request that is answered by an error page."""

    def __init__(self, status: HTTPStatus, key: str, thing: str, **values: object) -> None:
        super().__init__(Problem(key, thing, values))
        self.status = status


class SignInError(Exception):
    """Nobody is signed in, or no longer; a form that was sent meanwhile is kept."""


class UnreachableError(RefusedPageError):
    """The API server does not answer: the page says so and tries again."""

    def __init__(self, why: str) -> None:
        super().__init__(HTTPStatus.SERVICE_UNAVAILABLE, "portal-cluster-down", why)


class ServerRefusedError(RefusedPageError):
    """The API server said no; its own words are kept for the reader."""

    def __init__(self, status: HTTPStatus, thing: str, why: str, reason: str = "") -> None:
        super().__init__(status, "portal-server-refused", thing, why=why)
        self.why = why
        self.reason = reason


def told(problem: Problem, lang: Language) -> tuple[str, str]:
    """Give rule and remedy in the reader's language."""
    message = messages()[problem.key][lang]
    values = {"thing": problem.thing, **problem.values}
    rule, remedy = (message[part].format_map(values) for part in ("rule", "remedy"))
    return rule, remedy


def admission_words(text: str, lang: Language) -> str:
    """Give the half of admission's words, "Vietnamese / English", in the reader's language."""
    vi, apart, en = text.partition(" / ")
    if not apart:
        return text
    return vi.rpartition(": ")[2] if lang is Language.VI else en


def refusal_of(answer: httpx.Response, path: str) -> RefusedPageError:
    """Give what an answer of the API server that is no success means to a page."""
    if answer.status_code in PASSING or answer.status_code == HTTPStatus.UNAUTHORIZED:
        return UnreachableError(str(answer.status_code))
    try:
        said = answer.json()
        words, reason = str(said.get("message", "")), str(said.get("reason", ""))
    except ValueError:
        words, reason = answer.reason_phrase, ""
    try:
        status = HTTPStatus(answer.status_code)
    except ValueError:
        status = HTTPStatus.BAD_GATEWAY
    return ServerRefusedError(status, path.rpartition("/")[2], words, reason)
