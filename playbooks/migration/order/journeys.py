"""From an order to journeys: parts with their ends, gates with what they ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playbooks.migration.cutover import Endpoint, Journey, Rehearsal, in_window, rehearsed
from playbooks.migration.cutover.gates import APPROVALS, Now, agreed, backed_up, lag_small
from playbooks.migration.files.move import FilesMove
from playbooks.migration.host.move import HostMove
from playbooks.migration.order.backup import backup
from playbooks.migration.order.databases import mariadb_gates, mariadb_part
from playbooks.migration.order.endpoints import ProgramOrder
from playbooks.migration.order.ends import PostgresEnd
from playbooks.migration.order.flow import Agreement, flow_gate
from playbooks.migration.order.host import HostOrder
from playbooks.migration.order.leading import Leading, endpoint, seen_by_all
from playbooks.migration.order.model import (
    FilesOrder,
    PostgresOrder,
    SystemOrder,
    WaveOrder,
)
from playbooks.migration.order.place import disk_of, place
from playbooks.migration.order.standard import Harden, Standard
from playbooks.migration.order.web import WebOrder
from playbooks.migration.order.wipe import WipeOrder
from playbooks.migration.part import Part
from playbooks.migration.postgres.move import PostgresMove
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.steps import Gate
from playbooks.migration.steps.run import Record
from playbooks.migration.web.move import WebMove
from playbooks.migration.wipe.part import Wipe


@dataclass(frozen=True)
class Asked:
    """What gates ask, and where journals lie.

    Attributes:
        missing: Whose agreement to this order is missing, now.
        rehearsals: Of a system.
        harden: Brings the hosts of a system to their level.
        agreement: What is wrong today with an agreement to share data, by its namespace and name.
    """

    folder: Path
    record: Record
    now: Now
    missing: Callable[[], Sequence[str]]
    rehearsals: Callable[[str], Sequence[Rehearsal]]
    harden: Harden = field(kw_only=True, default=lambda _order: {})
    agreement: Agreement = field(kw_only=True, default=lambda _name: None)


def journey(order: WaveOrder, system: SystemOrder, asked: Asked) -> Journey:
    """Give the journey of one system of a wave."""
    name = f"{order.wave}/{system.system}"
    return Journey(
        name=name,
        parts=[*parts(system, asked.folder / name), *_standard(system, asked)],
        endpoint=_endpoint(system),
        folder=asked.folder,
        record=asked.record,
        gates=gates(order, system, asked),
        smoke=system.smoke,
    )


def gates(order: WaveOrder, system: SystemOrder, asked: Asked) -> tuple[Gate, ...]:
    """Give the gates before the switch, in the order in which they are asked."""
    freezes = [(each.start, each.end) for each in order.freezes]
    filled = asked.folder / order.wave / system.system / "fill.jsonl"
    return (
        agreed(APPROVALS, asked.missing),
        in_window(order.start, order.end, freezes, asked.now),
        rehearsed(
            lambda: asked.rehearsals(system.system),
            order.digest(),
            order.rehearsal_days,
            asked.now,
        ),
        *(
            backed_up(each.name, backup(each).store.taken, each.hours, asked.now)
            for each in system.backups
        ),
        *(flow_gate(each, asked.agreement) for each in system.flows),
        *(lag_small(each.name, _postgres(each).lag, each.most_lag) for each in system.postgres),
        *(gate for each in system.mariadb for gate in mariadb_gates(each)),
        *([seen_by_all(filled, asked.now)] if system.endpoint.kind == "zone" else []),
    )


def parts(system: SystemOrder, folder: Path) -> list[Part]:
    """Give what moves: databases, files, sites, hosts.

    Who leads people is asked first, then where the backups are; what is wiped is last.
    """
    return [
        *_leading(system),
        *map(backup, system.backups),
        *(_postgres(each) for each in system.postgres),
        *(mariadb_part(each) for each in system.mariadb),
        *(_files(each, folder) for each in system.files),
        *(_web(each, folder) for each in system.web),
        *(_host(each, folder) for each in system.host),
        *(_wipe(each, folder) for each in system.wipe),
    ]


def _leading(system: SystemOrder) -> list[Part]:
    """Give nothing for programs of the owner: they are asked when the switch begins."""
    return [] if isinstance(system.endpoint, ProgramOrder) else [Leading(_endpoint(system))]


def _standard(system: SystemOrder, asked: Asked) -> list[Part]:
    """Give the last part: what arrived is brought to its level before people are let in."""
    return [Standard(system.standard, asked.harden)] if system.standard else []


def _endpoint(system: SystemOrder) -> Endpoint:
    return endpoint(system.endpoint, system.system, system.tenant)


def postgres_place(end: PostgresEnd) -> PostgresPlace:
    return PostgresPlace(**end.model_dump())


def _postgres(order: PostgresOrder) -> PostgresMove:
    return PostgresMove(
        order.name,
        postgres_place(order.source),
        postgres_place(order.target),
        room=order.room,
        most_lag=order.most_lag,
        queries=order.queries,
        disk=disk_of(order.disk),
    )


def _files(order: FilesOrder, folder: Path) -> FilesMove:
    return FilesMove(
        order.name,
        place(order.source),
        place(order.target),
        folder / order.name,
        services=order.services,
        new_services=order.new_services,
        stop_seconds=order.stop_seconds,
        unicode_names=order.unicode_names,
    )


def _web(order: WebOrder, folder: Path) -> WebMove:
    here = folder / order.name
    return WebMove(order.name, place(order.source), place(order.target), here, order)


def _host(order: HostOrder, folder: Path) -> HostMove:
    here = folder / order.name
    return HostMove(order.name, place(order.source), place(order.target), here, order)


def _wipe(order: WipeOrder, folder: Path) -> Wipe:
    return Wipe(order.name, place(order.source), folder / order.name, order)
