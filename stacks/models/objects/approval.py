"""An approval: one person's yes or no to one state of one request."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from stacks.models.base import DnsLabel, Model, Text, Whole
from stacks.models.objects.request import UserName
from stacks.models.objects.status import Status


class Role(StrEnum):
    """In whose place somebody approves, in the order of the chain."""

    HEAD = "head"
    SECURITY_OFFICER = "security-officer"
    PLATFORM = "platform"
    SUPERIOR = "superior"


class Decision(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


class ApprovalSpec(Model):
    """A decision; it never changes, another one is another object."""

    request: DnsLabel = Field(description="Name of the request, in the same namespace.")
    material: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] = Field(
        description="SHA-256 of what was decided on: a change of the request asks anew."
    )
    role: Role
    decision: Decision
    by: UserName = Field(description="Who decides: the user's name, held at admission.")
    in_place_of: UserName | None = Field(
        default=None, description="Who delegated the decision; held at admission by RBAC."
    )
    price_vnd: Whole = Field(ge=0, description="VND a month that was shown: frozen here.")
    document: Text | None = Field(
        default=None, description="Number of the superior agency's document, from level 4 on."
    )
    reason: Text | None = None

    @property
    def people(self) -> frozenset[str]:
        """Give whose decision it is: one person, or one in the place of another."""
        return frozenset(filter(None, (self.by, self.in_place_of)))


class ApprovalStatus(Status):
    """Whether the decision counts."""

    counts: bool | None = None
