"""Rows of controls, of instruments, and of who shows what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from policies.catalogue import Automation, Control, Instrument
from policies.finding import Gate
from sen.catalogue.answer import Row, in_language, iso, title
from sen.catalogue.coverage import Coverage, Shown


def listed(controls: Iterable[Control], level: int | None) -> list[Row]:
    """Give controls as rows, with the clause of a level or the levels that ask for them."""
    return [
        {
            "control": each.id,
            "title": title(each),
            "automation": each.automation.value,
            **(
                {"clause": each.clauses[level]}
                if level
                else {"levels": ", ".join(map(str, sorted(each.clauses)))}
            ),
        }
        for each in controls
    ]


def instrument_row(instrument: Instrument, day: date) -> Row:
    return {
        "id": instrument.id,
        "number": instrument.number,
        "title": in_language(instrument.title),
        "kind": instrument.kind.value,
        "from": iso(instrument.effective_from),
        "to": iso(instrument.effective_to),
        "standing": instrument.standing(day).value,
        "superseded by": instrument.superseded_by,
        "doubt": in_language(instrument.doubt) if instrument.doubt else None,
    }


def coverage_row(one: Coverage) -> Row:
    """Give one control's coverage as a row."""
    why = one.said.why if one.said and one.shown is not Shown.RULE else None
    return {
        "control": one.control.id,
        "title": title(one.control),
        "automation": one.control.automation.value,
        "shown": one.shown.value,
        "gates": ", ".join(one.gates),
        "rules": ", ".join(one.rules),
        "probes": ", ".join(one.probes),
        "why not": in_language(why) if why else None,
    }


def summary_row(level: str, every: Iterable[Coverage]) -> Row:
    """Count the coverage of one level."""
    known = list(every)
    marks = Counter(each.control.automation for each in known)
    shown = Counter(each.shown for each in known)
    gates = Counter(gate for each in known for gate in each.gates)
    platform = [each for each in known if each.control.automation is Automation.PLATFORM]
    return {
        "level": level,
        "controls": len(known),
        **{mark.value: marks[mark] for mark in Automation},
        "by rule": shown[Shown.RULE],
        **{gate.value: gates[gate] for gate in Gate},
        "by probe": shown[Shown.PROBE],
        "by people": shown[Shown.PEOPLE],
        "reason": shown[Shown.REASON],
        "open": shown[Shown.OPEN],
        "P open": sum(each.shown is Shown.OPEN for each in platform),
        "needs evidence": sum(each.needs_people for each in known),
    }


def any_level(every: Iterable[Coverage]) -> list[Coverage]:
    """Merge the coverage of several levels: the best of each control."""
    best: dict[str, Coverage] = {}
    order = list(Shown)
    for each in every:
        known = best.get(each.control.id)
        if known is None or order.index(each.shown) <= order.index(known.shown):
            best[each.control.id] = each
    return list(best.values())
