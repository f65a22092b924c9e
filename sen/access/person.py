"""Names of people and of their groups, as the API server and the directory write them."""

from __future__ import annotations

import re

from stacks.components.access import OIDC_PREFIX
from stacks.problem import Problem, ProblemError

# What stands before names that no person has (policies/rules/binding-people-by-group).
RESERVED = ("system:", "sen:", "kubeadm:")
# X.509 lets a name have 64 characters; ASCII only, so that no two names look alike.
_NAME = re.compile(rf"({OIDC_PREFIX})?[A-Za-z0-9][A-Za-z0-9._@+-]{{0,58}}")


def person(name: str) -> str:
    """Give a person's name back.

    Raises:
        ProblemError: It is the system's, or nothing that a certificate may bear.
    """
    refuse_reserved(name)
    if not _NAME.fullmatch(name):
        raise ProblemError(Problem("access-name", name))
    return name


def group(name: str) -> str:
    """Give a group of the directory as bindings name it: `oidc:h26-heads`."""
    return OIDC_PREFIX + person(name).removeprefix(OIDC_PREFIX)


def refuse_reserved(name: str) -> None:
    if name.casefold().startswith(RESERVED):
        raise ProblemError(Problem("access-reserved", name))


def key(name: str) -> str:
    """Give what two spellings of one person share: with the directory's prefix or without."""
    return name.strip().casefold().removeprefix(OIDC_PREFIX)
