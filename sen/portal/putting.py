"""Writes changes of a request that a form was made for, upon the request as it is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus

from sen.portal.reading import Thing
from sen.portal.refusal import RefusedPageError, ServerRefusedError
from sen.portal.visit import Visit

TRIES = 3  # the operator writes the status meanwhile, which is no change of the request
Changes = Mapping[str, object]


def seen(request: Thing) -> str:
    """Give what a form remembers: which state of the request it was made for."""
    return str(request["metadata"].get("generation", ""))


def check_seen(visit: Visit, request: Thing) -> None:
    """Refuse a form that was made for another state of the request.

    Raises:
        RefusedPageError: It changed since the page was read (409).
    """
    if seen(request) != visit.text("seen"):
        name = str(request["metadata"]["name"])
        raise RefusedPageError(HTTPStatus.CONFLICT, "portal-changed-meanwhile", name)


async def put(
    visit: Visit, path: str, changes: Callable[[Thing], Changes | None]
) -> Changes | None:
    """Ask what to change of the request as it is, and write it; nothing to change is well too.

    Raises:
        ServerRefusedError: The API server refuses it, or somebody wrote meanwhile each time.
    """
    for left in reversed(range(TRIES)):
        found = await visit.api.get(path)
        wanted = changes(found)
        if not wanted:
            return wanted
        version = {"resourceVersion": found["metadata"].get("resourceVersion", "")}
        try:
            await visit.api.patch(path, {"metadata": version, "spec": wanted})
        except ServerRefusedError as error:
            if error.status != HTTPStatus.CONFLICT or not left:
                raise
        else:
            return wanted
    raise AssertionError
