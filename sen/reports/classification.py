"""Section 4 of a dossier: why the system has this level (Art. 22, clause 4)."""

from __future__ import annotations

from collections.abc import Iterator

from sen.reports.document import Block, Cell, Heading, Paragraph, cells, pairs, table
from sen.reports.material import Material
from sen.reports.typography import Pen
from stacks.models.facts import SystemFacts


def classification(material: Material, pen: Pen) -> Iterator[Block]:
    found = material.proposal
    yield Heading(pen("h-level"))
    yield Paragraph(pen("h-level-note"), "note")
    yield Paragraph(*_source(material, pen))
    yield pairs(_facts(material.facts, pen))
    rows = (
        cells(
            pen.either(each.reason.vi, each.reason.en),
            pen.either(each.reference.vi, each.reference.en),
            pen("level-n", level=each.level),
            Cell(pen("decides-yes"), "strong") if each is found.criterion else pen("decides-met"),
        )
        for each in found.applied
    )
    head = [pen(key) for key in ("criterion", "clause", "level", "decides")]
    yield table(head, (48, 22, 14, 16), rows, pen("criteria-caption"))
    yield Paragraph(_conclusion(material, pen), "strong")


def _source(material: Material, pen: Pen) -> tuple[str, str]:
    if material.facts_given:
        return pen("facts-given"), ""
    return pen("facts-typical"), "warning"


def _facts(facts: SystemFacts, pen: Pen) -> Iterator[tuple[str, str]]:
    """Give what is known of the system; what is usual is left out."""
    for name, field in SystemFacts.model_fields.items():
        value = getattr(facts, name)
        if value == field.default:
            continue
        if isinstance(value, bool):
            yield pen(f"fact-{name}"), pen("yes" if value else "no")
        elif isinstance(value, int):
            yield pen(f"fact-{name}"), pen.number(value)
        else:
            yield pen(f"fact-{name}"), pen(f"fact-{name}-{value.value}")


def _conclusion(material: Material, pen: Pen) -> str:
    found = material.proposal.criterion
    clause = pen.either(found.reference.vi, found.reference.en)
    key = "level-conclusion" if material.proposal.level == material.level else "level-other"
    reason = pen.either(found.reason.vi, found.reason.en)
    reason = reason[0].lower() + reason[1:]
    return pen(key, level=material.level, found=found.level, clause=clause, reason=reason)
