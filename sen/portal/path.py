"""Paths of the API server: nothing that somebody typed reaches one unchecked."""

from __future__ import annotations

import re
from http import HTTPStatus

from sen.portal.refusal import RefusedPageError
from sen.tenancy.desk import desk_of
from stacks.models.agency import Agency, agencies
from stacks.models.base import DNS_LABEL
from stacks.models.objects import GROUP, VERSION
from stacks.problem import ProblemError

API = f"/apis/{GROUP}/{VERSION}"
RULES_REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
_LABEL = re.compile(DNS_LABEL)


def label(text: str) -> str:
    """Give a name back that fits one segment of a path.

    Raises:
        RefusedPageError: It does not; nobody may know whether such a thing is there.
    """
    if not _LABEL.fullmatch(text):
        raise RefusedPageError(HTTPStatus.NOT_FOUND, "portal-absent", "URL")
    return text


def agency_of(code: str) -> Agency:
    """Give the agency with this very code.

    Raises:
        RefusedPageError: There is none.
    """
    try:
        found = agencies().get(code)
    except (ProblemError, KeyError):
        found = None
    if found is None or found.code != code:
        raise RefusedPageError(HTTPStatus.NOT_FOUND, "portal-absent", "URL")
    return found


def on_desk(agency: Agency, plural: str, name: str | None = None) -> str:
    """Give the path of a kind, or of one object, on an agency's desk."""
    base = f"{API}/namespaces/{desk_of(agency.code)}/{plural}"
    return base if name is None else f"{base}/{label(name)}"


def of_agency(agency: Agency) -> str:
    """Give the path of the `Agency` object: limits and budget."""
    return f"{API}/agencies/{agency.code.lower()}"
