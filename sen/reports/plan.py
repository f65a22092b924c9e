"""Sections 5 and 6 of a dossier: the security plan in its seven parts, each control's state."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from policies.catalogue.oscal_document import short
from policies.control import Automation
from sen.assessment.state import State, needs_people
from sen.assessment.weight import Status
from sen.reports.document import Block, Cell, Heading, Paragraph, cells, table
from sen.reports.material import Material, named
from sen.reports.parts import by_part
from sen.reports.typography import Pen

SHOWN_RULES = 3
INSTRUMENTS = (
    ("Art", "Điều"),
    ("Decree", "Nghị định"),
    ("Law", "Luật"),
    ("Circular", "Thông tư"),
)


def plan(material: Material, pen: Pen) -> Iterator[Block]:
    yield Heading(pen("h-plan"))
    yield Paragraph(pen("h-plan-note"), "note")
    for part, states in by_part(material.states).items():
        yield Heading(pen(f"part-{part}"), 2)
        if not states:
            yield Paragraph(pen("none"))
            continue
        told = tally(Counter(each.status for each in states), pen)
        yield Paragraph(pen("part-count", count=pen.number(len(states)), tally=told))
        yield table(
            [pen(key) for key in ("control", "clause", "title", "how", "status")],
            (12, 15, 26, 32, 15),
            (_planned(each, material, pen) for each in states),
        )


def standing(material: Material, pen: Pen) -> Iterator[Block]:
    yield Heading(pen("h-states"))
    yield Paragraph(pen("h-states-note"), "note")
    yield table(
        [
            pen(key)
            for key in (
                "control",
                "status",
                "last-seen",
                "interval",
                "objects",
                "gates",
                "evidence",
            )
        ],
        (14, 20, 19, 12, 11, 14, 10),
        (_stood(each, material, pen) for each in material.states),
    )


def tally(counted: Counter[Status], pen: Pen) -> str:
    """Say how many of each state, best first, leaving out what there is none of."""
    return ", ".join(
        f"{named(pen, status).lower()} {pen.number(counted[status])}"
        for status in reversed(Status)
        if counted[status]
    )


def badge(status: Status, pen: Pen) -> Cell:
    return Cell(named(pen, status), status.value)


def _planned(state: State, material: Material, pen: Pen) -> tuple[Cell, ...]:
    control = state.control
    return cells(
        Cell(short(control), "id", to=anchor(state)),
        clause(control.clauses[state.level], pen),
        pen.either(control.title_vi, control.title_en),
        how(state, material, pen),
        badge(state.status, pen),
    )


def how(state: State, material: Material, pen: Pen) -> str:
    """Say what ensures a control: rules, people, or both."""
    rules = list(material.rules.get(state.control.id, ()))
    shown = ", ".join(rules[:SHOWN_RULES])
    if len(rules) > SHOWN_RULES:
        shown = pen("how-more", rules=shown, count=len(rules) - SHOWN_RULES)
    automatic = pen("how-rules", rules=shown) if rules else pen("how-norule")
    if state.control.automation is Automation.EVIDENCE and not rules:
        return pen("how-people")
    if not needs_people(state.control):
        return automatic
    return pen("how-both", rules=automatic)


def _stood(state: State, material: Material, pen: Pen) -> tuple[Cell, ...]:
    last, reference = state.last, material.reference(state)
    return cells(
        Cell(short(state.control), "id", anchor=anchor(state)),
        badge(state.status, pen),
        pen.moment(last.finding.seen_at) if last else "–",
        pen("months", count=state.months),
        Cell(pen.number(state.objects) if state.objects else "–", "number"),
        gates(state.gates, pen) or "–",
        Cell(reference or "–", "code", to=reference),
    )


def gates(names: Iterable[str], pen: Pen) -> str:
    return ", ".join(pen(f"gate-{name}") for name in names)


def clause(text: str, pen: Pen) -> str:
    """Write a clause in the language: `Art. 30.8 a` is `Điều 30.8 a`."""
    for english, vietnamese in INSTRUMENTS:
        text = re.sub(rf"\b{english}\b\.?", pen.either(vietnamese, english), text)
    return text.replace("Art ", "Art. ")


def anchor(state: State) -> str:
    return "c-" + state.control.id.replace("/", "-").lower()
