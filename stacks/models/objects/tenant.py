"""A tenant as an object: what stands on the platform because a request was approved."""

import datetime as dt
from typing import Annotated

from pydantic import Field

from stacks.models.base import Day, DnsLabel, Level, Model, Whole
from stacks.models.tenant import TenantRequest


class TenantSpec(Model):
    """What was approved."""

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
