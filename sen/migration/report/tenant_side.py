"""How the last rehearsal fared in a throw-away copy of the tenant's namespace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sen.migration.account import SystemAccount
from sen.migration.heard import short_of
from sen.migration.report.words import WavePen
from sen.reports.document import Block, Paragraph
from stacks.problem import half


def tenant_side(one: SystemAccount, pen: WavePen) -> Iterator[Block]:
    """Tell of the last rehearsal that tried it; nothing where none did."""
    tried = [each for each in one.trials if each.tenant]
    if not tried:
        return
    at, side = pen.moment(tried[-1].at), tried[-1].tenant
    if side["passed"]:
        yield Paragraph(_passed(at, side, pen))
        yield from (Paragraph(said, "note") for said in _notes(side, pen))
    else:
        yield Paragraph(pen("tenant-failed", at=at, reason=half(str(side["reason"]), pen.language)))


def _passed(at: str, side: Mapping[str, object], pen: WavePen) -> str:
    took = side["milliseconds"]
    return pen(
        "tenant-passed",
        at=at,
        namespace=side["namespace"],
        copied=side["copied"],
        tried=_list(side["tried"]),
        took=pen.span(took if isinstance(took, int) else None),
    )


def _notes(side: Mapping[str, object], pen: WavePen) -> Iterator[str]:
    if left_out := _list(side["left_out"]):
        yield pen("tenant-left-out", things=left_out)
    if unlike := _list(side.get("unlike")):
        yield pen("tenant-unlike", things=unlike)
    if closed := _list(side["flows_closed"]):
        yield pen("tenant-flows", flows=closed)
    if short := short_of(side):
        yield pen("tenant-storage", arrived=pen.number(short.arrived), left=pen.number(short.left))


def _list(given: object) -> str:
    return ", ".join(map(str, given)) if isinstance(given, list) else ""
