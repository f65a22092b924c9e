"""What the platform says about an object; people read it, nobody but the platform writes it."""

import datetime as dt
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from stacks.models.base import Day, Model, Whole


class Condition(Model):
    """A condition as Kubernetes has it (KEP-1623)."""

    type: Annotated[str, Field(max_length=64)]
    status: Annotated[str, Field(pattern="^(True|False|Unknown)$")]
    reason: Annotated[str, Field(max_length=128, pattern="^[A-Z][A-Za-z0-9]*$")]
    message: Annotated[str, Field(max_length=32768)] = ""
    lastTransitionTime: dt.datetime  # noqa: N815 - Kubernetes' own name
    observedGeneration: int | None = None  # noqa: N815 - likewise


class Status(Model):
    """What every kind has."""

    observedGeneration: int | None = None  # noqa: N815 - Kubernetes' own name
    conditions: Annotated[
        tuple[Condition, ...],
        Field(
            json_schema_extra={
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["type"],
            }
        ),
    ] = ()


class Phase(StrEnum):
    """Where a request stands, in one word; the conditions say why."""

    PENDING = "Pending"
    REJECTED = "Rejected"
    APPROVED = "Approved"
    PROVISIONING = "Provisioning"
    READY = "Ready"
    FAILED = "Failed"
    SUSPENDED = "Suspended"
    ENDING = "Ending"
    OFFBOARDING = "Offboarding"
    OFFBOARDED = "Offboarded"
    TRANSFERRED = "Transferred"


class Past(Model):
    """What was approved at one time."""

    material: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    by: tuple[str, ...] = Field(default=(), description="Who approved it.")
    at: dt.datetime
    ends: Day
    price_vnd: Whole
    says: str = Field(default="", description="What was asked for, in a few words.")


class RequestStatus(Status):
    """Where a request stands."""

    phase: Phase | None = None
    tenant: str | None = Field(default=None, description="Full name: its namespace too.")
    price_vnd: Whole | None = Field(default=None, description="VND a month, by today's list.")
    waits_for: tuple[str, ...] = Field(default=(), description="Roles whose approval is missing.")
    approved_by: tuple[str, ...] = ()
    history: tuple[Past, ...] = Field(default=(), description="What was approved, oldest first.")


class TenantStatus(Status):
    """How a tenant is."""

    phase: Phase | None = None
    last_run: str | None = Field(
        default=None, description="Id of the last run of its stack that was about it."
    )
    warned: str | None = Field(
        default=None, description="The last warning before the end: `2027-03-31/30`."
    )
    archive: str | None = Field(
        default=None, description="SHA-256 of the checksums of what was handed over at the end."
    )
