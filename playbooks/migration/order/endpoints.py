"""How people are led to the old side, to a page that asks for patience, to the new side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, IPvAnyAddress, Tag

from playbooks.migration.endpoint.name import SECONDS_TO_LIVE
from playbooks.migration.endpoint.page import SECONDS_TO_RETRY
from playbooks.migration.order.ends import FolderEnd, Words
from stacks.models.base import DnsLabel, Model

Address = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.:\[\]-]+$")]
HostName = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")]
Listen = Annotated[str, Field(pattern=r"^[A-Za-z0-9.:\[\]* _-]+$")]


class ProgramOrder(Model):
    """Programs of the owner with their arguments, without a shell; `ask` prints the side."""

    kind: Literal["program"] = "program"
    ask: Words
    old: Words
    closed: Words
    new: Words


class FrontOrder(Model):
    """A site of nginx on a host before both sides; it shows the page itself."""

    kind: Literal["front"]
    file: FolderEnd = Field(description="The site's file: it belongs to this move alone.")
    name: HostName
    old: Address
    new: Address
    listen: Listen = "80"
    certificate: tuple[str, str] | None = Field(
        default=None, description="Files of chain and key on the front, for `listen: 443 ssl`."
    )
    title: str = Field(default="", max_length=120, description="As the page names the system.")
    retry_seconds: int = Field(default=SECONDS_TO_RETRY, ge=1, le=86400)


class HostsOrder(Model):
    """A line in the hosts file of a host that reaches the system by its name."""

    kind: Literal["hosts"]
    file: FolderEnd
    name: HostName
    old: IPvAnyAddress
    closed: IPvAnyAddress = Field(description="What shows the page.")
    new: IPvAnyAddress


class ZoneOrder(Model):
    """An A or AAAA record of a zone file; its TTL is lowered while the data are brought over."""

    kind: Literal["zone"]
    file: FolderEnd
    name: Annotated[str, Field(pattern=r"^(@|[A-Za-z0-9_]([A-Za-z0-9_.-]*))$")]
    old: IPvAnyAddress
    closed: IPvAnyAddress = Field(description="What shows the page.")
    new: IPvAnyAddress
    seconds: int = Field(default=SECONDS_TO_LIVE, ge=1, le=3600, description="TTL for the switch.")
    check: tuple[str, ...] = Field(
        default=(), description="Judges the new file, whose path is added as the last word."
    )
    reload: Words


class ServiceOrder(Model):
    """A Service of the system's tenant, whose selector leads to one side."""

    kind: Literal["service"]
    service: DnsLabel
    kubeconfig: Path
    context: str | None = None


def _kind(given: object) -> str:
    """Give the kind; an order from before there were kinds has programs."""
    if isinstance(given, dict):
        return str(given.get("kind", "program"))
    return str(getattr(given, "kind", "program"))


EndpointOrder: TypeAlias = Annotated[
    Annotated[ProgramOrder, Tag("program")]
    | Annotated[FrontOrder, Tag("front")]
    | Annotated[HostsOrder, Tag("hosts")]
    | Annotated[ZoneOrder, Tag("zone")]
    | Annotated[ServiceOrder, Tag("service")],
    Discriminator(
        _kind,
        custom_error_type="endpoint-kind",
        custom_error_message="kind is program, front, hosts, zone or service",
    ),
]
