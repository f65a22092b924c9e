"""Sections 1 to 3 of a dossier: who, what, and how it is built (Art. 22, clause 3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policies.scope import LEVELS
from sen.reports.diagram import peer, ports, zones
from sen.reports.document import Block, Cell, Figure, Heading, Paragraph, Table, cells, pairs, table
from sen.reports.material import Material
from sen.reports.typography import Pen
from stacks.models.blueprint import blueprints
from stacks.models.body import Agency, CodeStatus
from stacks.models.price import monthly_price
from stacks.models.tenant import TenantRequest

# Zones that NW-13 asks for, by level; wireless and WAN only where there are such networks.
SMALL = ("server", "dmz", "wireless", "internal", "edge")
MIDDLE = ("internal", "edge", "server", "dmz", "database", "wireless", "management")
ZONES = {1: (), 2: SMALL, 3: MIDDLE, 4: (*MIDDLE, "wan", "devices"), 5: (*MIDDLE, "wan", "devices")}
FIGURES = (
    *("stage", "term", "cpu", "memory", "storage"),
    *("pods", "services", "volumes", "price"),
)
HERE, PLATFORM = "server", ("edge", "management")
assert set(ZONES) == set(LEVELS)  # noqa: S101 - a table that must be whole


def description(material: Material, pen: Pen) -> Iterator[Block]:
    yield from _general(material, pen)
    yield from _scope(material, pen)
    yield from _architecture(material, pen)


def _general(material: Material, pen: Pen) -> Iterator[Block]:
    agency, above = material.subject.agency, material.subject.above
    system, blank = material.subject.system, pen("blank")
    yield Heading(pen("h-general"))
    yield Paragraph(pen("h-general-note"), "note")
    yield Heading(pen("h-owner"), 2)
    yield pairs(
        [
            (pen("name"), named(agency, pen)),
            (pen("code"), _code(agency, pen)),
            *([(pen("above"), named(above, pen))] if above else []),
            (pen("owner-unit"), system.owner_unit),
            (pen("decision"), blank),
            (pen("representative"), blank),
            (pen("address"), blank),
            (pen("phone-mail"), blank),
        ]
    )
    yield Heading(pen("h-operator"), 2)
    groups = {g for each in material.subject.requests for g in (*each.groups.admins,)}
    yield pairs(
        [
            (pen("name"), material.operator or blank),
            (pen("officer"), system.officer),
            (pen("groups"), ", ".join(sorted(groups))),
            (pen("decision"), blank),
            (pen("representative"), blank),
            (pen("rental"), blank),
        ]
    )


def named(agency: Agency, pen: Pen) -> str:
    return pen.either(agency.title, agency.name_en or agency.title)


def _code(agency: Agency, pen: Pen) -> str:
    if agency.code_status is CodeStatus.CONFIRMED:
        return agency.code
    return pen("code-unconfirmed", code=agency.code)


def _scope(material: Material, pen: Pen) -> Iterator[Block]:
    system, requests = material.subject.system, material.subject.requests
    kind = blueprints()[system.blueprint].name
    yield Heading(pen("h-scope"))
    yield Paragraph(pen("h-scope-note"), "note")
    yield pairs(
        [
            (pen("system-name"), pen.either(system.name.vi, system.name.en)),
            (pen("blueprint"), pen.either(kind.vi, kind.en)),
            (pen("proposed-level"), str(material.level)),
            (pen("personal-data"), pen("yes" if system.personal_data else "no")),
            (pen("state-secret"), pen("yes" if system.state_secret else "no")),
            (pen("budget"), ", ".join(sorted({each.budget.code for each in requests}))),
        ]
    )
    yield _environments(requests, pen)


def _environments(requests: Sequence[TenantRequest], pen: Pen) -> Table:
    """Give a column an environment: there are three at most."""
    columns = [_column(each, pen) for each in requests]
    rows = (
        (Cell(pen(key), "strong"), *(column[place] for column in columns))
        for place, key in enumerate(FIGURES)
    )
    head = [pen("environment"), *(each.name for each in requests)]
    share = 66 // len(requests)
    return table(head, (34, *(share for _ in requests)), rows, pen("environments-caption"))


def _column(request: TenantRequest, pen: Pen) -> list[Cell]:
    quota = request.quota_effective
    figures = (
        *(quota.cpu, quota.memory_gib, quota.storage_gib),
        *(quota.pods, quota.services, quota.volumes, monthly_price(request)),
    )
    term = pen("term-days", starts=pen.day(request.starts), ends=pen.day(request.ends))
    stage = pen(f"stage-{request.stage.value}")
    return [Cell(stage), Cell(term), *(Cell(pen.number(figure)) for figure in figures)]


def _architecture(material: Material, pen: Pen) -> Iterator[Block]:
    requests = material.subject.requests
    yield Heading(pen("h-architecture"))
    yield Paragraph(pen("h-architecture-note"), "note")
    yield Heading(pen("h-zones"), 2)
    yield Figure(zones(requests, pen), pen("diagram-caption"))
    yield _zones(material, pen)
    yield Heading(pen("h-connections"), 2)
    yield table(
        [pen(key) for key in ("environment", "direction", "peer", "ports")],
        (28, 13, 39, 20),
        (row for each in requests for row in _connections(each, pen)),
    )
    yield Heading(pen("h-inventory"), 2)
    yield _inventory(material, pen)


def _zones(material: Material, pen: Pen) -> Block:
    asked = ZONES[material.level]
    if not asked:
        return Paragraph(pen("zones-none"))
    here = pen("zone-here", name=material.subject.requests[0].name)
    said = dict.fromkeys(PLATFORM, pen("zone-platform")) | {HERE: here}
    rows = (
        cells(pen.number(place), pen(f"zone-{each}"), said.get(each, pen("zone-unstated")))
        for place, each in enumerate(asked, 1)
    )
    head = [pen(key) for key in ("number", "zone", "zone-state")]
    return table(head, (8, 42, 50), rows, pen("zones-caption", level=material.level))


def _connections(request: TenantRequest, pen: Pen) -> Iterator[tuple[Cell, ...]]:
    name = Cell(request.name, "code")
    for way, openings in (("in", request.network.ingress), ("out", request.network.egress)):
        for each in openings:
            yield cells(name, pen(f"direction-{way}"), peer(each, pen), ports(each))
    yield cells(name, pen("direction-out"), pen("dns-row"), "UDP 53, TCP 53")


def _inventory(material: Material, pen: Pen) -> Paragraph | Table:
    if material.inventory is None:
        return Paragraph(pen("inventory-none"), "warning")
    rows = (
        cells(each.kind, Cell(pen.number(len(each.names)), "number"), ", ".join(each.names))
        for each in material.inventory
    )
    return table([pen(key) for key in ("kind", "count", "names")], (25, 12, 63), rows)
