"""What an agency may ask for. Parsing a request is the whole of its validation."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, model_validator

from stacks.models.base import (
    MIN_ONE_ITEM,
    NOT_EMPTY,
    Bilingual,
    BudgetCode,
    Day,
    DnsLabel,
    GroupName,
    Level,
    Mail,
    Model,
    Slug,
    Text,
    Whole,
    Yes,
)
from stacks.models.blueprint import Blueprint
from stacks.models.network import Network
from stacks.models.quota import SIZES, Quota, Size
from stacks.models.rule import agency_of_a_request, breaches, not_of_the_platform
from stacks.models.state import State


class Stage(StrEnum):
    TRAINING = "training"
    STAGING = "staging"
    PRODUCTION = "production"


class System(Model):
    """The information system that runs in the tenant."""

    slug: Slug = Field(description="Short name, part of the tenant's name: stable for ever.")
    name: Bilingual
    blueprint: Blueprint
    owner_unit: Text = Field(description="Unit of the agency that owns the system (chủ quản).")
    officer: Mail = Field(description="Mail of the officer in charge.")
    level: Level = Field(description="Security level (cấp độ); `sen level` proposes one.")
    personal_data: Yes
    state_secret: Yes


Group = Annotated[GroupName, AfterValidator(not_of_the_platform)]


class Groups(Model):
    """OIDC groups whose members operate the tenant."""

    admins: Annotated[tuple[Group, ...], NOT_EMPTY] = Field(json_schema_extra=MIN_ONE_ITEM)
    deployers: tuple[Group, ...] = ()
    viewers: tuple[Group, ...] = ()


class Budget(Model):
    """Where the money comes from, and the most it may be."""

    code: BudgetCode
    monthly_ceiling_vnd: Whole = Field(gt=0)


class TenantRequest(Model):
    """One system of one agency in one stage."""

    agency: Annotated[str, AfterValidator(agency_of_a_request)] = Field(
        description="Electronic identifier: `H26`, `G18`, `H26.00070`.", examples=["H26"]
    )
    system: System
    stage: Stage
    size: Size | None = Field(default=None, description="Ceiling; with no quota, the quota too.")
    quota: Quota | None = Field(default=None, description="Own figures, under the size's or XL's.")
    network: Network = Network()
    groups: Groups
    starts: Day
    ends: Day = Field(description="Last day; 3 years at most, 90 days for training.")
    budget: Budget
    state: State = Field(
        default=State.ACTIVE,
        description="Suspended: nothing runs, data stays. Ended: its end comes before `ends`.",
    )
    transfer_to: Annotated[str, AfterValidator(agency_of_a_request)] | None = Field(
        default=None, description="Agency that it is offered to; that one decides on its desk."
    )
    takes: DnsLabel | None = Field(
        default=None, description="Tenant that it takes over, whose full name stays."
    )

    @model_validator(mode="after")
    def keeps_the_rules(self, info: ValidationInfo) -> Self:
        """Hold the rules that look at more than one field; all that are broken are told."""
        context = info.context or {}
        broken = breaches(self, context.get("today", dt.datetime.now(dt.UTC).astimezone().date()))
        if broken:
            raise ValidationError.from_exception_data("TenantRequest", broken)
        return self

    @property
    def name(self) -> str:
        """Give the identity, stable for ever: `h26-00070-one-stop-shop-production`."""
        return self.takes or "-".join(
            (self.agency.lower().replace(".", "-"), self.system.slug, self.stage)
        )

    @property
    def namespace(self) -> str:
        return self.name

    @property
    def runs(self) -> bool:
        """Say whether its workloads may run."""
        return self.state is State.ACTIVE

    @property
    def quota_effective(self) -> Quota:
        """Give the quota that is built: its own figures, else the size's."""
        return self.quota or SIZES[self.size or Size.S]
