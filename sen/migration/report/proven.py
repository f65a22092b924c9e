"""What was proven of a system: both ends compared, old text read, questions from outside."""

from __future__ import annotations

from collections.abc import Iterator

from sen.migration.account import SystemAccount
from sen.migration.finding import Text, Verification
from sen.migration.report.words import WavePen
from sen.reports.document import Block, Cell, Heading, Paragraph, Table, cells, table

SHOWN = 30
DIGEST = 12


def proof(one: SystemAccount, pen: WavePen) -> Iterator[Block]:
    """Show the last comparison whole, and what differed in any."""
    yield Heading(pen("h-proof"), 2)
    last = one.proof
    if last is None:
        yield Paragraph(pen("none"))
        return
    key = "proof-by-hand" if last.by_hand else "proof-note"
    yield Paragraph(pen(key, at=pen.moment(last.at), number=last.sequence))
    yield _checks(last, pen)
    for each in one.verifications:
        if each.differing:
            yield _differences(each, pen)


def _checks(last: Verification, pen: WavePen) -> Table:
    rows = [
        cells(
            pen.check(each.name),
            Cell(pen.number(each.looked_at), "number"),
            Cell(pen.number(each.count), "fail" if each.count else "number"),
            Cell(each.digest[:DIGEST] or "–", "code"),
        )
        for each in last.checks
    ]
    total = cells(
        Cell(pen("total"), "strong"),
        Cell(pen.number(last.looked_at), "number"),
        Cell(pen.number(last.differing), "fail" if last.differing else "number"),
        "",
    )
    head = ("check", "looked-at", "differences", "digest")
    return table([pen(key) for key in head], (48, 16, 14, 22), [*rows, total])


def _differences(each: Verification, pen: WavePen) -> Table:
    found = [(check.name, one) for check in each.checks for one in check.differences][:SHOWN]
    rows = (
        cells(pen.check(name), Cell(one.where, "code"), pen.kind("what", one.what))
        for name, one in found
    )
    counted = {"shown": pen.number(len(found)), "count": pen.number(each.differing)}
    caption = pen("differ-caption", at=pen.moment(each.at), **counted)
    return table([pen(key) for key in ("check", "where", "what")], (34, 40, 26), rows, caption)


def texts(one: SystemAccount, pen: WavePen) -> Iterator[Block]:
    """Tell how columns of old text were read, where a database has some."""
    if not one.texts:
        return
    yield Heading(pen("h-text"), 2)
    for each in one.texts:
        counted = {"converted": pen.number(len(each.columns)), "plain": pen.number(each.plain)}
        yield Paragraph(pen("text-note", part=each.part, **counted))
        if each.columns:
            yield _columns(each, pen)
        count = sum(each.doubts.values())
        yield _doubts(each, count, pen) if count else Paragraph(pen("doubt-none"))


def _columns(text: Text, pen: WavePen) -> Table:
    rows = (
        cells(
            Cell(f"{each.table}.{each.column}", "code"),
            each.encoding,
            Cell(pen("percent", number=pen.number(each.confidence / 10)), "number"),
            Cell(pen.number(each.rows), "number"),
            each.reason,
        )
        for each in text.columns
    )
    head = ("column", "encoding", "confidence", "rows", "why")
    return table([pen(key) for key in head], (28, 14, 13, 13, 32), rows)


def _doubts(text: Text, count: int, pen: WavePen) -> Table:
    named = text.named[:SHOWN]
    rows = (
        cells(pen.kind("doubt", each.kind), Cell(each.about, "code"), each.reason) for each in named
    )
    counted = {"shown": pen.number(len(named)), "count": pen.number(count)}
    head = [pen(key) for key in ("doubt", "where", "why")]
    return table(head, (24, 34, 42), rows, pen("doubt-caption", **counted))


def smoke(one: SystemAccount, pen: WavePen) -> Iterator[Block]:
    """Tell each round of questions; those that were not answered well, with the answer."""
    yield Heading(pen("h-smoke"), 2)
    asked = [each for each in one.smoke if each.looked_at]
    if not asked:
        yield Paragraph(pen("smoke-none"))
    for each in asked:
        values = {"at": pen.moment(each.at), "number": each.sequence}
        counted = {"count": pen.number(each.looked_at), "wrong": pen.number(each.differing)}
        key = "smoke-bad" if each.differing else "smoke-good"
        yield Paragraph(pen(key, **values, **counted))
        for check in each.checks:
            yield from (Paragraph(found.where, "item") for found in check.differences[:SHOWN])
