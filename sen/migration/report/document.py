"""Puts the report of a wave together from its account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sen.migration.account import Standing, SystemAccount, WaveAccount
from sen.migration.report.ending import evidence, levels, signatures
from sen.migration.report.system import system
from sen.migration.report.warnings import warnings
from sen.migration.report.words import WavePen
from sen.reports.description import named
from sen.reports.document import (
    Block,
    Cell,
    Cover,
    Document,
    Heading,
    Paragraph,
    cells,
    table,
)
from sen.reports.typography import Pen
from stacks.models.agency import agencies
from stacks.problem import Language, ProblemError

TONES = {
    Standing.HELD: "pass",
    Standing.FINISHED: "pass",
    Standing.REHEARSED: "waived",
    Standing.FILLED: "waived",
    Standing.ROLLED_BACK: "stale",
    Standing.TAKEN_BACK: "stale",
    Standing.SWITCHING: "fail",
    Standing.RETURNING: "fail",
    Standing.PLANNED: "not-assessed",
}
FIRST_SYSTEM = 3


def report(account: WaveAccount, language: Language) -> Document:
    """Write the report; every figure is of a journal or of the chain of evidence."""
    pen = WavePen(language)
    after = FIRST_SYSTEM + len(account.systems)
    blocks: list[Block] = [*_summary(account, pen), *_agreement(account, pen)]
    for number, each in enumerate(account.systems, FIRST_SYSTEM):
        blocks += system(number, each, pen)
    blocks += levels(after, account, pen)
    blocks += evidence(after + 1, account, pen)
    blocks += signatures(after + 2, pen)
    return Document(
        language=language,
        title=f"{pen('title')}: {account.wave}",
        running=pen("running", wave=account.wave),
        cover=_cover(account, pen),
        blocks=tuple(blocks),
    )


def _cover(account: WaveAccount, pen: WavePen) -> Cover:
    usual, day = Pen(pen.language), account.at.date()
    date = {"day": f"{day:%d}", "month": f"{day:%m}", "year": day.year, "date": pen.day(day)}
    trust = account.trust
    chain = (
        pen("chain-whole", count=pen.number(trust.records))
        if trust.broken is None
        else pen("chain-broken", number=trust.broken)
    )
    people = {each.person for each in account.agreements if not each.withdrawn}
    start, end = pen.moment(account.start), pen.moment(account.end)
    return Cover(
        above=_owner(account, pen),
        below=pen("unit"),
        motto=(usual("state"), usual("motto")),
        place=usual("place", **date),
        title=pen("title"),
        subtitle=pen("subtitle", wave=account.wave),
        facts=(
            (pen("window"), pen("from-to", start=start, end=end)),
            (pen("systems"), pen.number(len(account.systems))),
            (pen("agreed"), pen("agreed-of", count=len(people), asked=account.approvals)),
            (pen("order"), f"{account.order[:16]}…"),
            (pen("chain"), chain),
            (usual("state-on"), pen.moment(account.at)),
        ),
        basis=pen("basis"),
        tally_title=pen("tally"),
        tally=tuple(_tally(account, pen)),
        warnings=tuple(warnings(account, pen)),
    )


def _owner(account: WaveAccount, pen: WavePen) -> str:
    """Name the agency, where all systems go to tenants of one that is known."""
    codes = {each.tenant.split("-")[0].upper() for each in account.systems}
    if len(codes) != 1:
        return ""
    try:
        return named(agencies().get(codes.pop()), pen).upper()
    except ProblemError:
        return ""


def _tally(account: WaveAccount, pen: WavePen) -> Iterator[Cell]:
    counted = Counter(each.standing for each in account.systems)
    for each, count in counted.items():
        yield Cell(f"{pen(f'standing-{each}')}: {pen.number(count)}", TONES[each])


def _summary(account: WaveAccount, pen: WavePen) -> Iterator[Block]:
    yield Heading(pen("h-summary"))
    yield Paragraph(pen("summary-note"), "note")
    head = ("system", "standing", "predicted", "real", "compared", "differences")
    rows = (_row(each, pen) for each in account.systems)
    yield table([pen(key) for key in head], (26, 18, 18, 14, 12, 12), rows)


def _row(one: SystemAccount, pen: WavePen) -> tuple[Cell, ...]:
    proof = one.proof
    late = one.predicted_ms and one.downtime_ms and one.downtime_ms > one.predicted_ms[1]
    return cells(
        Cell(one.system, "id"),
        Cell(pen(f"standing-{one.standing}"), TONES[one.standing]),
        interval(one.predicted_ms, pen),
        Cell(pen.span(one.downtime_ms), "fail" if late else ""),
        Cell(pen.number(proof.looked_at) if proof else "–", "number"),
        Cell(
            pen.number(proof.differing) if proof else "–",
            "fail" if proof and proof.differing else "number",
        ),
    )


def interval(found: tuple[int, int] | None, pen: WavePen) -> str:
    """Write the downtime that is to be expected."""
    if found is None:
        return "–"
    return pen("interval", least=pen.span(found[0]), most=pen.span(found[1]))


def _agreement(account: WaveAccount, pen: WavePen) -> Iterator[Block]:
    yield Heading(pen("h-agreed"))
    yield Paragraph(pen("agreed-note"), "note")
    head = ("person", "document", "when", "record", "withdrawn")
    rows = [
        cells(
            each.person,
            each.document,
            pen.moment(each.at),
            Cell(str(each.sequence), "number"),
            pen("withdrawn-why", at=pen.moment(each.withdrawn), reason=each.reason)
            if each.withdrawn
            else "–",
        )
        for each in account.agreements
    ]
    if rows:
        yield table([pen(key) for key in head], (28, 20, 20, 10, 22), rows)
    else:
        yield Paragraph(pen("none"))
    if account.earlier:
        yield Paragraph(pen("agreed-earlier", count=account.earlier))
