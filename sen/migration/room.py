"""What a tenant's quotas have left, and which flows its network policies do not open. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from kubernetes.utils.quantity import parse_quantity

from playbooks.migration.order.flow import FlowOrder
from sen.tenancy.life.objects import Object

STORAGE = "requests.storage"
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def lacking(quotas: Iterable[Object], need: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Give each resource of which a quota has too little left, with what is used and the most."""
    for hard, used in _counted(quotas):
        for name, amount in need.items():
            taken = used.get(name, "0")
            if name in hard and _number(taken) + _number(amount) > _number(hard[name]):
                yield name, taken, hard[name]


def storage_left(quotas: Iterable[Object]) -> int | None:
    """Give the bytes that volumes may still ask for; None where no quota bounds them."""
    left = [
        _number(hard[STORAGE]) - _number(used.get(STORAGE, "0"))
        for hard, used in _counted(quotas)
        if STORAGE in hard
    ]
    return int(min(left)) if left else None


def _counted(quotas: Iterable[Object]) -> Iterator[tuple[Mapping[str, str], Mapping[str, str]]]:
    """Give bounds and use of the quotas that count every pod."""
    for each in quotas:
        if not {"scopes", "scopeSelector"} & (each.get("spec") or {}).keys():
            status = each.get("status") or {}
            yield status.get("hard") or {}, status.get("used") or {}


def _number(text: str) -> Decimal:
    return Decimal(parse_quantity(text))


def unopened(policies: Iterable[Object], flows: Iterable[FlowOrder]) -> list[str]:
    """Give the flows to an address that no network policy opens to every pod of the tenant.

    A flow to a name is not judged: policies know addresses only.
    """
    outward = [
        each["spec"] for each in policies if "Egress" in (each["spec"].get("policyTypes") or ())
    ]
    rules = [
        rule for spec in outward if not spec.get("podSelector") for rule in spec.get("egress") or ()
    ]
    return [
        each.name
        for each in flows
        if outward
        and (address := _address(each.address)) is not None
        and not any(_opens(rule, address, each.port) for rule in rules)
    ]


def _address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _opens(rule: Mapping[str, Any], address: Address, port: int) -> bool:
    ports = rule.get("ports")
    if ports and not any(_has(each, port) for each in ports):
        return False
    peers = rule.get("to")
    return not peers or any(_holds(each.get("ipBlock"), address) for each in peers)


def _has(given: Mapping[str, Any], port: int) -> bool:
    if given.get("protocol", "TCP") != "TCP":
        return False
    first = given.get("port", port)
    return isinstance(first, int) and first <= port <= given.get("endPort", first)


def _holds(block: Mapping[str, Any] | None, address: Address) -> bool:
    if not block:
        return False
    outside = any(address in ipaddress.ip_network(each) for each in block.get("except") or ())
    return address in ipaddress.ip_network(block["cidr"]) and not outside
