"""A request for every agency of the country: one of its typical system each, to measure with."""

import datetime as dt
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from stacks.models.agency import Agency, Government, agencies
from stacks.models.base import Bilingual
from stacks.models.blueprint import Blueprint, blueprints
from stacks.models.network import Network, Opening
from stacks.models.quota import Size
from stacks.models.tenant import Budget, Groups, Stage, System, TenantRequest

TYPICAL: Mapping[Government, Blueprint] = MappingProxyType(
    {
        Government.CENTRAL: Blueprint.MINISTRY_SERVICES,
        Government.PROVINCE: Blueprint.E_OFFICE,
        Government.COMMUNE: Blueprint.ONE_STOP_SHOP,
    }
)
CEILING_VND = 5_000_000
PLATFORM_NETWORK = "10.0.0.0/8"  # the state's own network, where requests come in from


def country(stage: Stage, starts: dt.date, ends: dt.date) -> Iterator[TenantRequest]:
    """Give a request for each ministry, province and commune, in the order of their codes."""
    for agency in agencies().all():
        yield request_of(agency, stage, starts, ends)


def request_of(agency: Agency, stage: Stage, starts: dt.date, ends: dt.date) -> TenantRequest:
    """Give the request an agency of this level of government would typically make."""
    group = f"{agency.code.lower()}-{TYPICAL[agency.level_of_government]}"
    fields = {
        "agency": agency.code,
        "system": _system(agency),
        "stage": stage,
        "size": Size.S,
        "network": Network(ingress=(_from_the_state(),), egress=(_from_the_state(),)),
        "groups": Groups(admins=(f"{group}:admins",), viewers=(f"{group}:viewers",)),
        "starts": starts,
        "ends": ends,
        "budget": Budget(code=f"{agency.code}-{starts.year}", monthly_ceiling_vnd=CEILING_VND),
    }
    # Whoever asks for a country chooses its dates: no look at today's.
    return TenantRequest.model_validate(fields, context={"today": None})


def _system(agency: Agency) -> System:
    blueprint = TYPICAL[agency.level_of_government]
    entry = blueprints()[blueprint]
    return System(
        slug=blueprint.value,
        name=Bilingual(
            vi=f"{entry.name.vi}: {agency.title}",
            en=f"{entry.name.en}: {agency.name_en or agency.name}",
        ),
        blueprint=blueprint,
        owner_unit=agency.title,
        officer=f"cntt@{agency.code.lower()}.gov.vn",
        level=entry.level,
        personal_data=True,
        state_secret=False,
    )


def _from_the_state() -> Opening:
    return Opening.model_validate({"cidr": PLATFORM_NETWORK, "ports": [443]})
