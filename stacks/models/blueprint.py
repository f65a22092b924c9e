"""The systems that the programme names: what can be asked for, and the level to start from."""

import functools
from collections.abc import Mapping
from enum import StrEnum

from stacks.models.base import Bilingual, Model
from stacks.models.census import rows


class Blueprint(StrEnum):
    PUBLIC_SERVICE_PORTAL = "public-service-portal"
    NATIONAL_DATABASE = "national-database"
    DATA_EXCHANGE = "data-exchange"
    OPERATIONS_CENTRE = "operations-centre"
    ANALYTICS = "analytics"
    TELEHEALTH = "telehealth"
    MINISTRY_SERVICES = "ministry-services"
    SIGNING = "signing"
    ASSISTANT = "assistant"
    OPEN_DATA = "open-data"
    E_OFFICE = "e-office"
    ONE_STOP_SHOP = "one-stop-shop"
    TRAINING_LAB = "training-lab"


class BlueprintEntry(Model):
    """What is known of a blueprint; its level is a start, the owner proposes the real one."""

    blueprint: Blueprint
    level: int
    name: Bilingual


@functools.cache
def blueprints() -> Mapping[Blueprint, BlueprintEntry]:
    """Give every blueprint."""
    entries = (
        BlueprintEntry(
            blueprint=Blueprint(row["name"]),
            level=int(row["level"]),
            name=Bilingual(vi=row["vi"], en=row["en"]),
        )
        for row in rows("blueprints.csv")
    )
    return {entry.blueprint: entry for entry in entries}
