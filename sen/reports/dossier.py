"""The level dossier (hồ sơ đề xuất cấp độ) of a system, as Decree 331/2026 asks for it."""

from __future__ import annotations

from collections.abc import Iterator

from sen.reports.annexes import annexes, people, signatures, tallied, unmet, waivers
from sen.reports.classification import classification
from sen.reports.description import description, named
from sen.reports.document import Cover, Document
from sen.reports.material import Material
from sen.reports.plan import plan, standing
from sen.reports.typography import Pen
from stacks.problem import Language


def dossier(material: Material, language: Language) -> Document:
    """Put a dossier together; every claim in it points to a finding, or says it was not made."""
    pen = Pen(language)
    system = pen.either(material.subject.system.name.vi, material.subject.system.name.en)
    sections = (description, classification, plan, standing, waivers, people, signatures, annexes)
    return Document(
        language=language,
        title=f"{pen('dossier-title')}: {system}",
        running=pen("dossier-running", level=material.level, system=system),
        cover=_cover(material, pen, system),
        blocks=tuple(block for section in sections for block in section(material, pen)),
    )


def _cover(material: Material, pen: Pen, system: str) -> Cover:
    subject, day = material.subject, material.moment.day
    date = {"day": f"{day:%d}", "month": f"{day:%m}", "year": day.year, "date": pen.day(day)}
    above, below = (named(subject.agency, pen), subject.system.owner_unit)
    if subject.above:
        above, below = named(subject.above, pen), named(subject.agency, pen)
    return Cover(
        above=above.upper(),
        below=below.upper(),
        motto=(pen("state"), pen("motto")),
        place=pen("place", **date),
        title=pen("dossier-title"),
        subtitle=system,
        facts=(
            (pen("proposed-level"), str(material.level)),
            (pen("owner"), named(subject.agency, pen)),
            (pen("owner-unit"), subject.system.owner_unit),
            (pen("operator"), material.operator or pen("blank")),
            (pen("state-on"), pen.moment(material.moment.at)),
        ),
        basis=pen("dossier-basis"),
        tally_title=pen("tally", count=pen.number(len(material.states)), level=material.level),
        tally=tallied(material, pen),
        warnings=tuple(_warnings(material, pen)),
    )


def _warnings(material: Material, pen: Pen) -> Iterator[str]:
    if not material.runs:
        yield pen("warn-nothing")
    if unmet(material):
        total = pen.number(len(material.states))
        yield pen("warn-not-green", count=pen.number(unmet(material)), total=total)
    asked = material.subject.system.level
    if asked != material.level:
        yield pen("warn-level", asked=asked, level=material.level)
    if material.proposal.level != material.level:
        yield pen("warn-criterion", found=material.proposal.level)
    yield pen("warn-clauses")
