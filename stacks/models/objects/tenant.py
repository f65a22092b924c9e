"""A tenant as an object: what stands on the platform because a request was approved."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from stacks.models.base import Day, DnsLabel, Level, Model, Text, Whole
from stacks.models.objects.request import UserName
from stacks.models.state import State
from stacks.models.tenant import TenantRequest


class LegalHold(Model):
    """Nothing of the tenant is stopped or removed while this stands."""

    reason: Text
    document: Text = Field(description="Number of the document that demands it.")
    by: UserName
    since: dt.datetime


class TenantSpec(Model):
    """What was approved, and what became of it since."""

    request: DnsLabel
    namespace: DnsLabel
    agency: str
    level: Level
    starts: Day
    ends: Day
    price_vnd: Whole = Field(ge=0, description="VND a month, frozen at the approval.")
    material: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    approved_at: dt.datetime
    approved: TenantRequest = Field(description="The request as it was approved: this is built.")
    state: State = Field(default=State.ACTIVE, description="As it is built: the operator's word.")
    legal_hold: LegalHold | None = None
    closed_at: dt.datetime | None = Field(
        default=None, description="When its removal began; from here on nothing can be held."
    )


def kept(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Give what of a tenant's spec is not the request's, and stays when another is approved."""
    return {name: spec[name] for name in ("state", "legal_hold", "closed_at") if name in spec}
