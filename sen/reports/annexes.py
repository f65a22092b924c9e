"""What stands behind and beside the claims: waivers, people, signatures, and the annexes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from policies.catalogue.oscal_document import short
from policies.catalogue.reason import reasons
from sen.assessment.state import State, needs_people
from sen.assessment.weight import Lack, Status
from sen.reports.document import Block, Cell, Heading, Paragraph, Signatures, Table, cells, table
from sen.reports.material import Material, Waived
from sen.reports.plan import anchor, badge, gates
from sen.reports.typography import Pen

SHOWN_FAILURES = 200
SIGNERS = ("operator", "security", "owner")
NOT_SHOWN = (Status.NOT_ASSESSED, Status.STALE, Status.UNDETERMINED, Status.FAIL)
LIMITS = ("clauses", "titles", "parts", "physical", "advice")


def waivers(material: Material, pen: Pen) -> Iterator[Block]:
    yield Heading(pen("h-waivers"))
    if not material.waivers:
        yield Paragraph(pen("waivers-none"))
        return
    head = ("waiver", "rule", "object", "reason", "waiver-owner", "ends")
    rows = (_waived(each, pen) for each in material.waivers)
    yield table([pen(key) for key in head], (14, 16, 20, 22, 16, 12), rows)


def _waived(each: Waived, pen: Pen) -> tuple[Cell, ...]:
    people = f"{each.owner}; {each.approver}"
    rule, thing = Cell(each.rule, "code"), Cell(each.object, "code")
    return cells(Cell(each.id, "code"), rule, thing, each.reason, people, pen.day(each.ends))


def people(material: Material, pen: Pen) -> Iterator[Block]:
    asked = [each for each in material.states if needs_people(each.control)]
    missing = [each for each in asked if _paper(each) != "valid"]
    yield Heading(pen("h-people"))
    count, lacking = pen.number(len(asked)), pen.number(len(missing))
    yield Paragraph(pen("people-note", count=count, missing=lacking))
    yield table(
        [pen(key) for key in ("control", "title", "people-status", "evidence", "people-owner")],
        (12, 36, 18, 19, 15),
        (_attested(each, pen) for each in asked),
    )


def _paper(state: State) -> str:
    if state.attested is None:
        return "missing"
    return {Status.PASS: "valid", Status.STALE: "ended"}.get(state.attested.status, "missing")


def _attested(state: State, pen: Pen) -> tuple[Cell, ...]:
    paper, known = _paper(state), state.attested
    day = pen.day(known.valid_until) if known else ""
    said = pen("people-open") if paper == "valid" and not day else pen(f"people-{paper}", day=day)
    tone = {"valid": "pass", "ended": "stale", "missing": "not-assessed"}[paper]
    return cells(
        Cell(short(state.control), "id", to=anchor(state)),
        pen.either(state.control.title_vi, state.control.title_en),
        Cell(said, tone),
        known.reference if known else "–",
        known.owner if known else "–",
    )


def signatures(material: Material, pen: Pen) -> Iterator[Block]:
    key = {1: "authority-low", 2: "authority-low", 3: "authority-3"}
    authority = pen(key.get(material.level, "authority-high"))
    yield Heading(pen("h-sign"))
    yield Paragraph(pen("sign-note", authority=authority), "keep")
    yield Signatures(tuple((pen(f"sign-{who}"), pen("sign-how")) for who in SIGNERS))


def annexes(material: Material, pen: Pen) -> Iterator[Block]:
    yield from _evidence(material, pen)
    yield from _failures(material, pen)
    yield from _lacks(material, pen)
    yield Heading(pen("h-runs"))
    yield _runs(material, pen)
    yield Heading(pen("h-sources"))
    for each in LIMITS:
        yield Paragraph(pen(f"limit-{each}"), "item")


def _evidence(material: Material, pen: Pen) -> Iterator[Block]:
    yield Heading(pen("h-evidence"), new_page=True)
    if not material.evidence:
        yield Paragraph(pen("evidence-none"))
        return
    yield Paragraph(pen("h-evidence-note"), "note")
    rows = (
        cells(
            Cell(number, "code", anchor=number),
            Cell(seen.finding.rule, "code"),
            Cell(seen.finding.object, "code"),
            pen(f"verdict-{seen.finding.verdict.value}"),
            pen.moment(seen.finding.seen_at),
            Cell(seen.run.id, "code", to=f"run-{seen.run.id}"),
        )
        for number, seen in material.evidence.values()
    )
    head = ("ref", "rule", "object", "verdict", "seen-at", "run")
    yield table([pen(key) for key in head], (8, 19, 24, 12, 15, 22), rows)


def _failures(material: Material, pen: Pen) -> Iterator[Block]:
    yield Heading(pen("h-failures"))
    failing = material.failures
    if not failing:
        yield Paragraph(pen("failures-none"))
        return
    rows = (
        cells(
            Cell(finding.object, "code"),
            Cell(finding.rule, "code"),
            pen.either(finding.message.vi, finding.message.en),
            pen.either(finding.remedy.vi, finding.remedy.en),
            pen.moment(finding.seen_at),
        )
        for finding, _ in failing[:SHOWN_FAILURES]
    )
    head = ("object", "rule", "reason", "remedy", "seen-at")
    yield table([pen(key) for key in head], (23, 18, 22, 24, 13), rows)
    if len(failing) > SHOWN_FAILURES:
        rest = len(failing) - SHOWN_FAILURES
        yield Paragraph(pen("failures-more", count=pen.number(rest)), "warning")


def _lacks(material: Material, pen: Pen) -> Iterator[Block]:
    yield Heading(pen("h-lacks"))
    why: dict[Lack, list[State]] = defaultdict(list)
    for state in material.states:
        for lack in state.lacks:
            why[lack].append(state)
    rows = (
        cells(
            pen(f"lack-{lack.value}"),
            Cell(pen.number(len(why[lack])), "number"),
            Cell(", ".join(short(each.control) for each in why[lack])),
        )
        for lack in Lack
        if why[lack]
    )
    head = [pen(key) for key in ("reason", "count", "controls")]
    yield table(head, (28, 10, 62), rows) if why else Paragraph(pen("none"))
    yield from _reasons(why[Lack.NO_RULE], pen)


def _reasons(states: list[State], pen: Pen) -> Iterator[Block]:
    """Say why no rule looks at a control, where that is written down."""
    known = [(each, reasons()[each.control.id]) for each in states if each.control.id in reasons()]
    rows = [
        cells(
            Cell(short(state.control), "id"),
            pen.either(said.why.vi, said.why.en) if said.why else "–",
            Cell(", ".join(probe.partition("::")[2] for probe in said.probes) or "–", "code"),
        )
        for state, said in known
    ]
    if rows:
        head = [pen(key) for key in ("control", "reason", "probes")]
        yield table(head, (12, 52, 36), rows, pen("reasons-caption"))


def _runs(material: Material, pen: Pen) -> Table | Paragraph:
    if not material.runs:
        return Paragraph(pen("evidence-none"))
    rows = (
        cells(
            Cell(run.id, "code", anchor=f"run-{run.id}"),
            gates([run.gate.value], pen),
            pen.moment(run.started),
            run.by,
            run.scope,
            Cell(pen.number(run.objects), "number"),
            Cell(pen.number(run.rules), "number"),
        )
        for run in material.runs
    )
    head = ("run", "gates", "seen-at", "by", "scope", "objects", "rules")
    return table([pen(key) for key in head], (23, 11, 15, 14, 17, 11, 9), rows)


def unmet(material: Material) -> int:
    """Count what is not shown to be met."""
    return sum(material.tally[status] for status in NOT_SHOWN)


def tallied(material: Material, pen: Pen) -> tuple[Cell, ...]:
    """Give a cell for each state, with its count."""
    found = material.tally
    return tuple(
        Cell(f"{badge(status, pen).text}: {pen.number(found[status])}", status.value)
        for status in reversed(Status)
    )
