"""What was wiped on the old hosts, with what proves it: a page of its own, to be handed over."""

from __future__ import annotations

from collections.abc import Iterator

from playbooks.migration.wipe.disk import DISCARDED
from sen.migration.account import SystemAccount
from sen.migration.finding import Wiped
from sen.migration.report.words import WavePen
from sen.reports.document import Block, Cell, Heading, Paragraph, Table, cells, table

SHOWN = 12
DIGEST = 16


def wiped(one: SystemAccount, pen: WavePen) -> Iterator[Block]:
    """Tell of each thing what it was, how it was wiped and what was read back."""
    if not one.wiped:
        return
    yield Heading(pen("h-wiped", system=one.system), 2, new_page=True)
    yield Paragraph(pen("wiped-note"))
    for backup in sorted({each.backup for each in one.wiped}):
        yield Paragraph(pen("wiped-backup", backup=backup))
    yield _things(one.wiped, pen)
    for each in one.wiped:
        if each.what.samples:
            yield _samples(each, pen)


def _things(found: tuple[Wiped, ...], pen: WavePen) -> Table:
    rows = (
        cells(
            each.host,
            Cell(each.what.path, "code"),
            Cell(each.what.identity, "code"),
            Cell(pen.number(each.what.bytes), "number"),
            pen(f"method-{_method(each)}"),
            pen("wiped-by", at=pen.moment(each.at), person=each.by, number=each.sequence),
        )
        for each in found
    )
    head = ("host", "wiped-what", "wiped-identity", "wiped-bytes", "wiped-method", "wiped-when")
    return table([pen(key) for key in head], (13, 15, 14, 17, 18, 23), rows)


def _method(each: Wiped) -> str:
    if each.what.kind == "folder":
        return "folder"
    return "discard" if each.what.method == DISCARDED else "disk"


def _samples(each: Wiped, pen: WavePen) -> Table:
    samples = each.what.samples
    rows = (
        cells(
            Cell(one.at, "code"),
            Cell(pen.number(one.bytes), "number"),
            Cell(one.before[:DIGEST], "code"),
            Cell(one.after[:DIGEST], "code" if one.clear else "fail"),
        )
        for one in samples[:SHOWN]
    )
    counted = {"shown": pen.number(min(SHOWN, len(samples))), "count": pen.number(len(samples))}
    caption = pen("wiped-samples", path=each.what.path, **counted)
    head = ("wiped-at", "wiped-bytes", "wiped-before", "wiped-after")
    return table([pen(key) for key in head], (40, 16, 22, 22), rows, caption)
