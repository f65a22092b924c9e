"""Makes pages of templates: every text escaped, in the reader's language."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from sen.portal import words
from sen.portal.pages import menu
from sen.portal.state import State
from stacks.problem import Language, half

# Where each template finds its figures and dates written as Viet Nam does.
FILTERS = {
    "dong": words.dong,
    "day": words.day,
    "moment": words.moment,
    "number": words.number,
}


@functools.cache
def templates(lang: Language) -> Environment:
    """Give the templates in a language."""
    found = Environment(
        loader=PackageLoader(words.PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.globals["_"] = functools.partial(words.say, lang)
    found.globals["lang"] = lang.value
    found.filters.update(FILTERS)
    found.filters["half"] = lambda text: half(text, lang)
    return found


def page(request: Request, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """Give a page; what every page shows is added here."""
    state = State.of(request)
    known: Mapping[str, Any] = {
        "person": state.session.person if state.signed_in and state.session else None,
        "csrf": state.session.csrf if state.session else "",
        "menu": menu(),
        "here": request.url.path,
        "tongues": {each.value: _in(request, each) for each in Language},
        "request_id": state.request_id,
        "dev": state.settings.dev_login,
        "refresh": None,
    }
    text = templates(state.lang).get_template(template).render({**known, **context})
    return HTMLResponse(text, status)


def _in(request: Request, lang: Language) -> str:
    """Give the same page in a language, its other choices kept."""
    url = request.url.include_query_params(lang=lang.value)
    return f"{url.path}?{url.query}"
