"""How often one person, and one address, may ask in a minute."""

from __future__ import annotations

from http import HTTPStatus

from limits import parse
from slowapi import Limiter
from slowapi.util import get_remote_address
from starlette.requests import Request

from sen.portal.refusal import RefusedPageError
from sen.portal.settings import Settings
from sen.portal.state import State


class Limits:
    """Counts in this process; each replica counts for itself."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = Limiter(key_func=get_remote_address, strategy="moving-window").limiter
        self._person = parse(f"{settings.per_person}/minute")
        self._address = parse(f"{settings.per_address}/minute")

    def count(self, request: Request, state: State) -> None:
        """Count one request.

        Raises:
            RefusedPageError: It is one too many.
        """
        counted = [(self._address, f"address:{get_remote_address(request)}")]
        if state.session is not None:
            counted.append((self._person, f"person:{state.session.person.user}"))
        within = [self._limiter.hit(most, key) for most, key in counted]
        if not all(within):
            raise RefusedPageError(HTTPStatus.TOO_MANY_REQUESTS, "portal-too-often", "429")
