"""The endpoint that an order names, and what it needs before the switch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.cutover.endpoint import Endpoint, Side
from playbooks.migration.cutover.gates import Now
from playbooks.migration.cutover.word import say
from playbooks.migration.endpoint import (
    FrontEndpoint,
    HostsEndpoint,
    ServiceEndpoint,
    ZoneEndpoint,
)
from playbooks.migration.endpoint.front import NGINX
from playbooks.migration.endpoint.onhost import HostFile
from playbooks.migration.order.cluster import selector
from playbooks.migration.order.endpoints import (
    EndpointOrder,
    FrontOrder,
    HostsOrder,
    ProgramOrder,
    ServiceOrder,
    ZoneOrder,
)
from playbooks.migration.order.place import place, words
from playbooks.migration.order.program import ProgramEndpoint
from playbooks.migration.part import Bystander
from playbooks.migration.steps import Event, Gate, Journal, Pulse, Step

Facts = Mapping[str, object]
PART = "endpoint"
ASK, SHORTEN = "ask", "shorten"


def endpoint(order: EndpointOrder, system: str, tenant: str) -> Endpoint:
    """Give what leads people.

    Raises:
        ProblemError: A kubeconfig cannot be used.
    """
    if isinstance(order, ProgramOrder):
        return ProgramEndpoint(system, order)
    if isinstance(order, FrontOrder):
        return _front(order)
    if isinstance(order, ServiceOrder):
        return ServiceEndpoint(*selector(order.kubeconfig, order.context, tenant, order.service))
    return _named(order)


def _front(order: FrontOrder) -> FrontEndpoint:
    extra = ""
    if order.certificate:
        chain, key = order.certificate
        extra = f"    ssl_certificate {chain};\n    ssl_certificate_key {key};\n"
        extra += "    ssl_protocols TLSv1.2 TLSv1.3;\n"
    return FrontEndpoint(
        HostFile(place(order.file), NGINX["check"], NGINX["reload"]),
        order.name,
        {Side.OLD: order.old, Side.NEW: order.new},
        order.listen,
        extra,
        order.title,
        order.retry_seconds,
    )


def _named(order: HostsOrder | ZoneOrder) -> HostsEndpoint | ZoneEndpoint:
    sides = {
        Side.OLD: str(order.old),
        Side.CLOSED: str(order.closed),
        Side.NEW: str(order.new),
    }
    if isinstance(order, HostsOrder):
        return HostsEndpoint(HostFile(place(order.file)), order.name, sides)
    check = f'{words(order.check)} "$1"' if order.check else ""
    file = HostFile(place(order.file), check, words(order.reload))
    return ZoneEndpoint(file, order.name, sides, order.seconds)


@dataclass(frozen=True)
class Leading(Bystander):
    """The endpoint while data are brought over; the switch is the journey's, which points it."""

    endpoint: Endpoint
    name: str = PART

    def fill(self) -> list[Step]:
        """Ask first: an endpoint that cannot be asked is found now, not in the window."""
        steps = [Step(ASK, self._ask)]
        if isinstance(self.endpoint, ZoneEndpoint):
            steps.append(Step(SHORTEN, self._shorten))
        return steps

    def rehearsal(self) -> list[Step]:
        """Ask where it leads, and change nothing."""
        return [Step(ASK, self._ask)]

    def _ask(self, _pulse: Pulse) -> Facts:
        side = self.endpoint.side()
        lives = self.endpoint.lives() if isinstance(self.endpoint, ZoneEndpoint) else 0
        return {"side": side, "seconds": lives}

    def _shorten(self, _pulse: Pulse) -> Facts:
        if isinstance(self.endpoint, ZoneEndpoint):
            self.endpoint.prepare()
        return {}


def seen_by_all(filled: Path, now: Now) -> Gate:
    """Demand that nobody remembers the record with the TTL that it had before the filling.

    The journal of the filling says how long the record lived, and when that was ended.
    """

    def closed() -> str | None:
        state = Journal(filled).state()
        asked, short = (state.get(f"{PART}: {each}") for each in (ASK, SHORTEN))
        if asked is None or short is None or {asked.event, short.event} != {Event.DONE}:
            return say("lives-long")
        lived = dt.timedelta(seconds=float(str(asked.data["seconds"])))
        until = dt.datetime.fromisoformat(short.at) + lived
        told = until.isoformat(timespec="seconds")
        return say("remembered", until=told) if now() < until else None

    return Gate("ttl", closed, say("gate-ttl"))
