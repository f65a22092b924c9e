"""Who is who in Git, and in which roles a merge counts as agreement: a file that the platform owns.

Groups are OIDC groups: nobody becomes a part of Kubernetes through this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from stacks.models.base import GroupName, Mail, Model
from stacks.models.document import read
from stacks.models.explain import explain
from stacks.models.objects.approval import Role
from stacks.problem import Problem, ProblemError


def _person(user: str) -> str:
    """Refuse accounts of Kubernetes and of the platform: a merge is a person's."""
    if user.startswith(("system:", "sen:")):
        key = "gitops-approver-name"
        raise PydanticCustomError(key, key, {"name": user})
    return user


User = Annotated[
    str, Field(min_length=1, max_length=253, pattern=r"^\S+$"), AfterValidator(_person)
]


class Approvers(Model):
    """The mapping."""

    users: Mapping[Mail, User] = Field(default={}, description="User name by mail address.")
    roles: Mapping[User, tuple[Role, ...]] = Field(
        default={}, description="Roles in which a user's merge counts."
    )
    groups: Mapping[User, tuple[GroupName, ...]] = Field(
        default={}, description="OIDC groups of a user, as RBAC knows them without `oidc:`."
    )

    def user(self, mail: str) -> str | None:
        """Give the user of a mail address; capital letters do not count."""
        wanted = mail.lower()
        return next((user for each, user in self.users.items() if each.lower() == wanted), None)


def load(path: Path | None) -> Approvers:
    """Read the file; without one, nobody is known and no merge counts.

    Raises:
        ProblemError: The file is not as it must be.
    """
    if path is None:
        return Approvers()
    text = read(path)
    documents = text.documents()
    if len(documents) != 1 or not isinstance(documents[0], dict):
        raise ProblemError(Problem("gitops-approvers", str(path)))
    try:
        return Approvers.model_validate(documents[0])
    except ValidationError as error:
        problems = (_told(each, text.line((0, *each["loc"]))) for each in error.errors())
        raise ProblemError(*problems) from error


def _told(details: ErrorDetails, where: str) -> Problem:
    if details["type"] == "string_pattern_mismatch":
        return Problem("gitops-approver-name", where, {"name": str(details["input"])})
    return explain(details, where, Approvers)
