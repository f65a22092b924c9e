"""A form about a request that is there: shown filled in, sent, shown again with what is wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import Response

from sen.portal import asked
from sen.portal.path import agency_of, on_desk
from sen.portal.putting import seen
from sen.portal.reading import Thing
from sen.portal.refusal import RefusedPageError, ServerRefusedError, told
from sen.portal.visit import Visit
from stacks.models.agency import Agency

Draw = Callable[[Visit, Agency, Thing, asked.Typed, HTTPStatus], Response]


@dataclass(frozen=True)
class StandingForm:
    """What is the same of all such forms.

    Attributes:
        fits: Whether the form may be filled in for a request as it stands.
        unfit: Key of the problem where it may not.
        fields: What the form begins with.
        draw: Draws the page.
    """

    fits: Callable[[Thing], bool]
    unfit: str
    fields: Callable[[Thing], Mapping[str, str]]
    draw: Draw

    async def show(self, visit: Visit, code: str, name: str) -> Response:
        """Show the form, with what was typed when the session had ended.

        Raises:
            RefusedPageError: The request is no longer one for this form.
        """
        agency, kept = agency_of(code), visit.kept()
        request = await visit.api.get(on_desk(agency, "tenantrequests", name))
        if not self.fits(request):
            raise RefusedPageError(HTTPStatus.CONFLICT, self.unfit, name)
        begins = {**self.fields(request), "seen": seen(request)}
        form = asked.typed(kept, visit.lang) if kept else asked.Typed(begins, visit.lang)
        return self.draw(visit, agency, request, form, HTTPStatus.OK)

    async def send(
        self,
        visit: Visit,
        code: str,
        name: str,
        act: Callable[[Agency, asked.Typed], Awaitable[bool]],
    ) -> Response:
        """Do what the form says, or show it again; `act` puts into the form what is wrong."""
        agency, form = agency_of(code), asked.typed(visit.form, visit.lang)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        try:
            if await act(agency, form):
                return visit.go(f"/requests/{agency.code}/{name}")
        except RefusedPageError as error:
            if error.status != HTTPStatus.CONFLICT or isinstance(error, ServerRefusedError):
                raise
            form.problems[""] = [told(each, visit.lang) for each in error.problems]
            status = HTTPStatus.CONFLICT
        request = await visit.api.get(on_desk(agency, "tenantrequests", name))
        return self.draw(visit, agency, request, form, status)
