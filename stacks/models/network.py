"""Whom a tenant talks to: networks by address, or other tenants by name; all else is closed."""

import ipaddress
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from stacks.models.base import MIN_ONE_ITEM, NOT_EMPTY, DnsLabel, Model

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

# The widest networks that are still somebody's and not the world's: a /8 of IPv4, a /16 of IPv6.
WIDEST_PREFIX = {4: 8, 6: 16}


def _network(value: object) -> IpNetwork:
    if isinstance(value, IpNetwork):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "Input should be a valid string")
    try:
        return ipaddress.ip_network(value)
    except ValueError as error:
        raise PydanticCustomError(
            "request-not-a-network", "{reason}", {"reason": str(error)}
        ) from error


Cidr = Annotated[
    IpNetwork,
    PlainValidator(_network),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["10.26.0.0/16", "2001:db8:26::/48"]}),
]
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]


class Protocol(StrEnum):
    TCP = "TCP"
    UDP = "UDP"


class Opening(Model):
    """One way in or out: a network or another tenant, and the ports."""

    cidr: Cidr | None = Field(default=None, description="Network in CIDR form.")
    tenant: DnsLabel | None = Field(default=None, description="Another tenant's full name.")
    ports: Annotated[tuple[Port, ...], NOT_EMPTY] = Field(json_schema_extra=MIN_ONE_ITEM)
    protocol: Protocol = Protocol.TCP

    @model_validator(mode="after")
    def names_one_peer(self) -> Self:
        if (self.cidr is None) == (self.tenant is None):
            raise PydanticCustomError("request-one-peer", "name either cidr or tenant")
        return self


class Network(Model):
    """What is opened in each direction; nothing else is."""

    ingress: tuple[Opening, ...] = ()
    egress: tuple[Opening, ...] = ()


def world_open(openings: Iterable[Opening]) -> tuple[IpNetwork, ...]:
    """Give the networks as wide as the world, also when they are cut in parts (two halves)."""
    cidrs = [opening.cidr for opening in openings if opening.cidr is not None]
    four = [cidr for cidr in cidrs if isinstance(cidr, ipaddress.IPv4Network)]
    six = [cidr for cidr in cidrs if isinstance(cidr, ipaddress.IPv6Network)]
    merged: list[IpNetwork] = [
        *ipaddress.collapse_addresses(four),
        *ipaddress.collapse_addresses(six),
    ]
    return tuple(net for net in merged if net.prefixlen < WIDEST_PREFIX[net.version])
