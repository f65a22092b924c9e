"""How much a tenant may use: four sizes, or figures of its own under a size's ceiling."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from stacks.models.base import Model

Amount = Annotated[int, Field(strict=True, ge=1)]


class Size(StrEnum):
    S = "S"
    M = "M"
    L = "L"
    XL = "XL"


class Quota(Model):
    """The most that all of a tenant's objects together may ask for."""

    cpu: Amount = Field(description="CPU cores.")
    memory_gib: Amount
    storage_gib: Amount
    pods: Amount
    services: Amount
    volumes: Amount = Field(description="Persistent volume claims.")


SIZES: Mapping[Size, Quota] = MappingProxyType(
    {
        Size.S: Quota(cpu=2, memory_gib=8, storage_gib=50, pods=20, services=10, volumes=10),
        Size.M: Quota(cpu=8, memory_gib=32, storage_gib=250, pods=60, services=20, volumes=20),
        Size.L: Quota(cpu=16, memory_gib=64, storage_gib=1000, pods=150, services=40, volumes=40),
        Size.XL: Quota(
            cpu=64, memory_gib=256, storage_gib=5000, pods=500, services=100, volumes=100
        ),
    }
)


def over(quota: Quota, ceiling: Quota) -> Mapping[str, tuple[int, int]]:
    """Give what is over the ceiling: field → (asked, most)."""
    most = ceiling.model_dump()
    return {k: (v, most[k]) for k, v in quota.model_dump().items() if v > most[k]}
