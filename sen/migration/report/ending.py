"""The last parts of a wave's report: levels of hosts, where the evidence stands, signatures."""

from __future__ import annotations

from collections.abc import Iterator

from sen.migration.account import WaveAccount
from sen.migration.report.words import WavePen
from sen.reports.document import Block, Cell, Heading, Paragraph, Signatures, cells, table


def levels(number: int, account: WaveAccount, pen: WavePen) -> Iterator[Block]:
    """Tell how many rules of its level each host broke, before and after."""
    yield Heading(pen("h-levels", number=number), new_page=True)
    if not account.hosts:
        yield Paragraph(pen("levels-none"))
        return
    yield Paragraph(pen("levels-note"), "note")
    rows = (
        cells(
            each.host,
            Cell(str(each.level), "number"),
            Cell(pen.number(each.before), "number"),
            Cell("–" if each.after is None else pen.number(each.after), "number"),
            Cell(", ".join(each.remaining) or "–", "code"),
            Cell(str(each.sequence), "number"),
        )
        for each in account.hosts
    )
    head = ("host", "level", "before", "after", "remaining", "record")
    yield table([pen(key) for key in head], (24, 10, 10, 10, 36, 10), rows)


def evidence(number: int, account: WaveAccount, pen: WavePen) -> Iterator[Block]:
    """Tell between which records of the chain each thing stands."""
    trust = account.trust
    yield Heading(pen("h-evidence", number=number))
    yield Paragraph(pen("evidence-note", number=pen.number(trust.records), head=trust.head[:16]))
    rows = (
        cells(
            pen("about-wave", wave=each.about)
            if each.about == account.wave
            else Cell(each.about, "code"),
            Cell(pen.number(each.first), "number"),
            Cell(pen.number(each.last), "number"),
            Cell(pen.number(each.count), "number"),
        )
        for each in account.spans
    )
    head = ("about", "first", "last", "count")
    yield table([pen(key) for key in head], (58, 14, 14, 14), rows)


def signatures(number: int, pen: WavePen) -> Iterator[Block]:
    """Leave room for those who answer for the wave."""
    yield Heading(pen("h-signed", number=number))
    yield Paragraph(pen("signed-note"))
    yield Signatures(tuple((pen(key), pen("sign-how")) for key in ("sign-platform", "sign-owner")))
