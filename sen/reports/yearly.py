"""The yearly report of an owner (Decree 331/2026, Art. 35 and 36), laid out as its Form 08."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from policies.catalogue.oscal_document import short
from sen.assessment.weight import Status
from sen.reports.annexes import SIGNERS
from sen.reports.description import named
from sen.reports.document import (
    Block,
    Cell,
    Cover,
    Document,
    Heading,
    Paragraph,
    Signatures,
    cells,
    pairs,
    table,
)
from sen.reports.material import Material
from sen.reports.plan import badge, tally
from sen.reports.typography import Pen
from stacks.models.body import Agency
from stacks.problem import Language

MET = frozenset({Status.PASS, Status.WAIVED})
VITAL_LEVEL = 5


def period(year: int) -> tuple[date, date]:
    """Give the first and last day of a year's figures (Art. 35.3)."""
    return date(year - 1, 12, 15), date(year, 12, 14)


def yearly(owner: Agency, year: int, every: Sequence[Material], language: Language) -> Document:
    """Put the yearly report together."""
    pen = Pen(language)
    title = pen("yearly-title", year=year)
    blocks = (
        *_summary(every, pen),
        *_owner(owner, pen),
        *_systems(every, year, pen),
        *_annexes(every, pen),
        Signatures(tuple((pen(f"sign-{who}"), pen("sign-how")) for who in SIGNERS[1:])),
    )
    return Document(
        language=language,
        title=title,
        running=pen("yearly-running", year=year, owner=named(owner, pen)),
        cover=_cover(owner, year, every, pen),
        blocks=blocks,
        landscape=True,
    )


def yearly_rows(every: Sequence[Material], year: int, pen: Pen) -> list[dict[str, object]]:
    """Give the figures of the report, a row a system."""
    return [
        {
            "system": str(each.subject.id),
            "name": pen.either(each.subject.system.name.vi, each.subject.system.name.en),
            "level": each.level,
            "controls": len(each.states),
            **{status.value: each.tally[status] for status in Status},
            "plan": _done(each),
            "runs": _runs(each, year),
        }
        for each in every
    ]


def _cover(owner: Agency, year: int, every: Sequence[Material], pen: Pen) -> Cover:
    first, last = period(year)
    at = every[0].moment
    warnings = [pen("yearly-blanks"), pen("warn-clauses")]
    if at.day < last:
        warnings.insert(0, pen("yearly-early", day=pen.day(at.day)))
    due = {"inner": pen.day(date(year, 12, 20)), "outer": pen.day(date(year, 12, 25))}
    written = {"day": f"{at.day:%d}", "month": f"{at.day:%m}", "year": at.day.year}
    return Cover(
        above=named(owner, pen).upper(),
        below="",
        motto=(pen("state"), pen("motto")),
        place=pen("place", **written, date=pen.day(at.day)),
        title=pen("yearly-title", year=year),
        subtitle=named(owner, pen),
        facts=(
            (pen("yearly-period"), pen("term-days", starts=pen.day(first), ends=pen.day(last))),
            (pen("yearly-due"), pen("yearly-due-text", **due)),
            (pen("yearly-count"), pen.number(len(every))),
            (pen("state-on"), pen.moment(at.at)),
        ),
        basis=pen("yearly-basis"),
        tally_title="",
        tally=(),
        warnings=tuple(warnings),
    )


def _summary(every: Sequence[Material], pen: Pen) -> Iterator[Block]:
    levels = Counter(each.level for each in every)
    yield Heading(pen("y-summary"))
    yield pairs(
        [
            (pen("yearly-count"), pen.number(len(every))),
            *((pen("y-by-level", level=n), pen.number(levels[n])) for n in sorted(levels)),
            *((pen(f"y-done-{how}"), str(_counted(every, how))) for how in ("all", "some", "none")),
        ]
    )


def _counted(every: Sequence[Material], how: str) -> int:
    return sum(1 for each in every if _done(each) == how)


def _done(material: Material) -> str:
    """Say how much of the plan is shown to be carried out."""
    met = sum(material.tally[status] for status in MET)
    if met == len(material.states):
        return "all"
    return "some" if met else "none"


def _runs(material: Material, year: int) -> int:
    first, last = period(year)
    return sum(1 for run in material.runs if first <= run.ended.date() <= last)


def _owner(owner: Agency, pen: Pen) -> Iterator[Block]:
    blank = pen("blank")
    asked = ("decision", "representative", "address", "phone-mail")
    yield Heading(pen("y-owner"))
    yield pairs(
        [(pen("owner"), named(owner, pen)), (pen("code"), owner.code)]
        + [(pen(key), blank) for key in asked]
    )
    yield pairs([(pen("sign-security").capitalize(), blank), *((pen(key), blank) for key in asked)])


def _systems(every: Sequence[Material], year: int, pen: Pen) -> Iterator[Block]:
    columns = ("approval", "decision", "regulation", "expected", "done", "when", "checked")
    head = [pen(key) for key in ("number", "system", "owner", "operator", "level")]
    yield Heading(pen("y-systems"))
    yield table(
        [*head, *(pen(f"y-col-{key}") for key in columns)],
        (4, 14, 9, 9, 6, 8, 9, 9, 8, 9, 7, 8),
        (_system(place, each, year, pen) for place, each in enumerate(every, 1)),
    )


def _system(place: int, material: Material, year: int, pen: Pen) -> tuple[Cell, ...]:
    system, runs = material.subject.system, _runs(material, year)
    return cells(
        Cell(str(place), "number"),
        pen.either(system.name.vi, system.name.en),
        named(material.subject.agency, pen),
        material.operator,
        Cell(str(material.level), "number"),
        *("", "", "", ""),
        pen(f"y-done-{_done(material)}"),
        "",
        pen("y-checked", count=runs) if runs else "",
    )


def _annexes(every: Sequence[Material], pen: Pen) -> Iterator[Block]:
    yield Heading(pen("y-vital"))
    yield Paragraph(pen("y-vital-note"), "note")
    vital = [each for each in every if each.level == VITAL_LEVEL]
    for each in vital:
        yield Paragraph(
            pen.either(each.subject.system.name.vi, each.subject.system.name.en), "item"
        )
    if not vital:
        yield Paragraph(pen("none"))
    yield Heading(pen("y-rules"))
    yield Paragraph(pen("blank"))
    yield Heading(pen("y-criteria"))
    for each in every:
        yield Heading(pen.either(each.subject.system.name.vi, each.subject.system.name.en), 2)
        told = tally(each.tally, pen)
        yield Paragraph(pen("part-count", count=pen.number(len(each.states)), tally=told))
        head = [pen(key) for key in ("control", "title", "status", "y-roadmap")]
        yield table(head, (14, 34, 22, 30), _criteria(each, pen))


def _criteria(material: Material, pen: Pen) -> Iterator[tuple[Cell, ...]]:
    for state in material.states:
        met = state.status in MET
        said = f"{pen('y-met' if met else 'y-unmet')} ({badge(state.status, pen).text.lower()})"
        title = pen.either(state.control.title_vi, state.control.title_en)
        yield cells(Cell(short(state.control), "id"), title, Cell(said, state.status.value), "")
