"""Who may own a system: the hierarchy of agencies, looked up by code or by name."""

import functools

from stacks.models import census
from stacks.models.body import Agency, AgencyKind, CodeStatus, Government
from stacks.models.book import AgencyBook, Match

__all__ = [
    "Agency",
    "AgencyBook",
    "AgencyKind",
    "CodeStatus",
    "Government",
    "Match",
    "agencies",
]


@functools.cache
def agencies() -> AgencyBook:
    """Give every agency, today's and those that ended; read once."""
    return AgencyBook(
        (
            *census.central(),
            *census.provinces(),
            *census.closed_provinces(),
            *census.communes(),
        )
    )
