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


class Handed(Model):
    """Another agency took it over; this object is what is left where it was."""

    to: str
    request: Text = Field(description="The request that took it over: `desk/name`.")
    on: Day = Field(description="The first day that the other agency bears.")


class Taken(Model):
    """It was another agency's before."""

    agency: str
    request: Text = Field(description="The request that it was built by: `desk/name`.")
    on: Day = Field(description="The first day that its agency of now bears.")


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
    handed: Handed | None = None
    taken: Taken | None = None


def kept(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Give what of a tenant's spec is not the request's, and stays when another is approved."""
    names = ("state", "legal_hold", "closed_at", "handed", "taken")
    return {name: spec[name] for name in names if name in spec}
