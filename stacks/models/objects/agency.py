"""An agency as an object: its place in the hierarchy, its money, the people who decide."""

from typing import Annotated

from pydantic import AfterValidator, Field

from stacks.models.base import Bilingual, GroupName, Model, Whole
from stacks.models.quota import Quota
from stacks.models.rule import known_agency

AgencyCode = Annotated[str, AfterValidator(known_agency)]


class YearBudget(Model):
    """What an agency, and those under it, may spend in a year."""

    year: Annotated[int, Field(strict=True, ge=2026, le=2100)]
    vnd: Whole = Field(ge=0)


class Deciders(Model):
    """OIDC groups by what their members decide."""

    requesters: tuple[GroupName, ...] = ()
    heads: tuple[GroupName, ...] = ()
    security_officers: tuple[GroupName, ...] = ()


class AgencySpec(Model):
    """A node of the hierarchy."""

    code: AgencyCode
    name: Bilingual
    parent: AgencyCode | None = None
    merged_into: AgencyCode | None = Field(default=None, description="Its successor, if any.")
    groups: Deciders = Deciders()
    quota: Quota | None = Field(default=None, description="The most for it and those under it.")
    budgets: Annotated[
        tuple[YearBudget, ...],
        Field(
            json_schema_extra={
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["year"],
            }
        ),
    ] = ()
