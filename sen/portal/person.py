"""Who is signed in: the names that the API server is told, and never one of the system's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sen.access.person import RESERVED, person
from sen.portal.access import USER
from stacks.components.access import OIDC_PREFIX
from stacks.models.base import GROUP
from stacks.problem import Problem, ProblemError

_GROUP = re.compile(GROUP)


@dataclass(frozen=True)
class Person:
    """A person as the API server knows them.

    Attributes:
        user: User name that is impersonated.
        groups: Groups with the directory's prefix: `oidc:h26-heads`.
        name: What the page calls them.
    """

    user: str
    groups: tuple[str, ...]
    name: str


def admitted(user: str, groups: Iterable[str], name: str | None = None) -> Person:
    """Give the person whom a directory names.

    A group that no binding can name is left out; it could give no right.

    Raises:
        ProblemError: The name is the system's or the portal's own, or nothing that can be one.
    """
    known = person(user)
    if known.casefold() == USER:
        raise ProblemError(Problem("access-reserved", user))
    return Person(known, tuple(sorted(set(_groups(groups)))), name or known)


def _groups(names: Iterable[str]) -> Iterable[str]:
    for each in names:
        bare = each.removeprefix(OIDC_PREFIX)
        if _GROUP.fullmatch(bare) and not bare.startswith((*RESERVED, OIDC_PREFIX)):
            yield OIDC_PREFIX + bare
