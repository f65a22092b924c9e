"""One system in the report of its wave."""

from __future__ import annotations

from collections.abc import Iterator

from sen.migration.account import Doing, Phase, Result, Standing, SystemAccount
from sen.migration.report.picture import picture
from sen.migration.report.proven import proof, smoke, texts
from sen.migration.report.tenant_side import tenant_side
from sen.migration.report.wiped import wiped
from sen.migration.report.words import WavePen
from sen.reports.document import Block, Cell, Figure, Heading, Paragraph, Table, cells, table

TONES = {
    Result.DONE: "pass",
    Result.FAILED: "fail",
    Result.CLOSED: "undetermined",
    Result.INTERRUPTED: "stale",
    Result.UNDONE: "waived",
}
MOST_SAID = 240


def system(number: int, one: SystemAccount, pen: WavePen) -> Iterator[Block]:
    """Tell what was rehearsed, done, proven and kept open."""
    yield Heading(pen("h-system", number=number, system=one.system), new_page=True)
    yield Paragraph(f"{pen('tenant')}: {one.tenant}")
    yield from _trials(one, pen)
    yield from tenant_side(one, pen)
    yield from _course(one, pen)
    yield from proof(one, pen)
    yield from texts(one, pen)
    yield from smoke(one, pen)
    yield Heading(pen("h-back"), 2)
    yield from (Paragraph(said) for said in _back(one, pen))
    yield from wiped(one, pen)


def _trials(one: SystemAccount, pen: WavePen) -> Iterator[Block]:
    yield Heading(pen("h-trials"), 2)
    if not one.trials:
        yield Paragraph(pen("none"))
        return
    yield Paragraph(pen("trials-note"), "note")
    rows = (
        cells(
            pen.moment(each.at),
            each.by,
            Cell(pen("trial-passed" if each.passed else "trial-failed"), _tone(each.passed)),
            pen.span(each.downtime_ms) if each.passed else "–",
            Cell(str(each.sequence), "number"),
        )
        for each in one.trials
    )
    head = ("when", "by", "passed", "downtime", "record")
    yield table([pen(key) for key in head], (24, 32, 16, 16, 12), rows)


def _tone(good: bool) -> str:  # noqa: FBT001 - a claim
    return "pass" if good else "fail"


def _course(one: SystemAccount, pen: WavePen) -> Iterator[Block]:
    yield Heading(pen("h-course"), 2)
    if not one.phases:
        yield Paragraph(pen("none"))
    for each in one.phases:
        yield _phase(each, pen)
    switches = [each for each in one.of("cut over") if each.did("open")]
    if switches:
        yield Figure(picture(switches[-1], pen), pen("picture"))


def _phase(phase: Phase, pen: WavePen) -> Table:
    name = pen(f"phase-{phase.name.replace(' ', '-')}")
    start, end = pen.exact(phase.begun), pen.exact(phase.ended)
    caption = pen("phase-caption", phase=name, start=start, end=end)
    if phase.waited_ms is not None:
        caption = pen("phase-waited", caption=caption, waited=pen.span(phase.waited_ms))
    head = ("step", "expected", "took", "result")
    rows = (_doing(each, pen) for each in phase.doings)
    return table([pen(key) for key in head], (36, 14, 14, 36), rows, caption)


def _doing(each: Doing, pen: WavePen) -> tuple[Cell, ...]:
    said = pen(f"result-{each.result}")
    if reason := str(each.data.get("reason", ""))[:MOST_SAID]:
        said = f"{said}: {reason}"
    return cells(
        pen.step(each.step),
        pen.span(each.expected_ms),
        pen.span(each.ms),
        Cell(said, TONES[each.result]),
    )


def _back(one: SystemAccount, pen: WavePen) -> Iterator[str]:
    taken = sum(1 for each in one.of("cut over") if each.undone)
    used = [each for each in one.of("roll back") if each.did("open old")]
    if taken:
        yield pen("back-taken", count=taken)
    if used:
        last, waited = used[-1], pen.span(used[-1].waited_ms)
        yield pen("back-used", count=len(used), at=pen.moment(last.ended), waited=waited)
    elif one.opened:
        yield pen("back-unused")
    yield _now(one, pen)


def _now(one: SystemAccount, pen: WavePen) -> str:
    if one.finished:
        return pen("back-finished", at=pen.moment(one.finished))
    if one.opened and one.hold_until:
        spans = {"opened": pen.moment(one.opened), "until": pen.moment(one.hold_until)}
        return pen("back-held", **spans)
    between = one.standing in {Standing.SWITCHING, Standing.RETURNING}
    return pen("back-between" if between else "back-closed")
