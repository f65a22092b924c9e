"""What the catalogue's commands print: rows for people, whole documents for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from policies.catalogue import (
    Asked,
    Automation,
    Control,
    Instrument,
    Setting,
    Strictest,
    caveat,
    mapping,
    measures,
    parameters,
    plan_parts,
    shelf_life,
    succession,
)
from policies.catalogue.parameter import Words
from policies.control import OLD_STANDARD
from policies.finding import Gate
from policies.text import Text
from sen.catalogue.coverage import Coverage, Shown
from stacks.problem import Language, language

Row = dict[str, object]


def in_language(text: Text | Words) -> str:
    """Give the words for the reader."""
    return text.vi if language() is Language.VI else text.en


def title(control: Control) -> str:
    said = control.title_vi if language() is Language.VI else control.title_en
    return " ".join(said.replace("*", "").split())


def asked_document(found: Asked) -> Row:
    """Give the whole answer about one control, for programs."""
    control = found.control
    return {
        "control": control.id,
        "title": {"vi": control.title_vi, "en": control.title_en},
        "instrument": control.instrument,
        "family": control.family,
        "automation": control.automation.value,
        "level": found.level,
        "day": found.day.isoformat(),
        "regime": found.regime.name.value,
        "classified": _day(found.regime.classified),
        "regime_until": _day(found.regime.until),
        "standing": found.standing.value,
        "clause": found.clause,
        "clause_verified": False,
        "values": [_value(each) for each in found.values],
        "strictest": [_strictest(each) for each in found.strictest],
        "shelf_life_months": shelf_life(control.id, found.level),
        "equivalents": [_equivalent(control.id, each) for each in found.equivalents],
        "decree_331_articles": list(measures(control.id)),
        "plan_parts": list(plan_parts(control.id)),
        "notes": [each.model_dump() for each in found.notes],
        "caveat": found.caveat.model_dump(),
    }


def asked_rows(found: Asked) -> list[Row]:
    """Give the answer as lines of field and value, in the reader's language."""
    control, regime = found.control, found.regime
    until = f" (until {regime.until})" if regime.until else ""
    lines: list[tuple[str, object]] = [
        ("control", control.id),
        ("title", title(control)),
        ("level and day", f"{found.level}, {found.day}"),
        ("regime", f"{regime.name}{until}"),
        ("standing", found.standing.value),
        ("clause", found.clause),
        *(("value", line(each)) for each in found.values),
        *((f"strictest: {each.topic}", strictest_line(each)) for each in found.strictest),
        ("looked at again after", _months(shelf_life(control.id, found.level))),
        ("shown by", control.automation.name.lower()),
        ("equivalents", ", ".join(found.equivalents)),
        ("Decree 331", ", ".join(measures(control.id))),
        ("part of the plan", _parts(control.id)),
        *(("note", in_language(each)) for each in found.notes),
        ("unverified", in_language(found.caveat)),
    ]
    return [{"field": name, "value": value} for name, value in lines if value not in (None, "")]


def line(setting: Setting) -> str:
    """Say a value in the reader's language: `Logs kept for at least: 3 months (required)`."""
    one = setting.parameter
    said = [one.strength.value]
    said += ["or an equivalent solution"] if one.may_be_equivalent(setting.level) else []
    said += [in_language(parameters().triggers[one.trigger])] if one.trigger else []
    said += [_condition(setting)] if one.applies else []
    said += ["unconfirmed"] if setting.doubtful else []
    return f"{in_language(one.title)}: {amount(setting)} ({'; '.join(said)})"


def amount(setting: Setting) -> str:
    """Say a value with its unit."""
    value, unit = setting.value, setting.parameter.unit
    if isinstance(value, bool):
        return ("có" if value else "không") if language() is Language.VI else _yes(value)
    if isinstance(value, tuple):
        return ", ".join(value)
    if unit is None or isinstance(value, str):
        return str(value)
    return f"{value} {in_language(parameters().units[unit])}"


def strictest_line(found: Strictest) -> str:
    """Say which value wins, whose it is, and what would be stricter under which condition."""
    said = f"{amount(found.says)}: {found.says.parameter.control}" if found.says else "none"
    others = [f"{each.parameter.control}: {amount(each)}" for each in found.others]
    might = [f"{amount(each)}: {each.parameter.control} {_condition(each)}" for each in found.might]
    return "; ".join([said, *others, *might])


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
        "from": _day(instrument.effective_from),
        "to": _day(instrument.effective_to),
        "standing": instrument.standing(day).value,
        "superseded by": instrument.superseded_by,
        "doubt": in_language(instrument.doubt) if instrument.doubt else None,
    }


def coverage_row(one: Coverage) -> Row:
    """Give one control's coverage as a row."""
    why = one.said.why if one.said else None
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
        "people": shown[Shown.PEOPLE],
        "reason": shown[Shown.REASON],
        "open": shown[Shown.OPEN],
        "P open": sum(each.shown is Shown.OPEN for each in platform),
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


def said_caveat() -> str:
    return in_language(caveat())


def _value(setting: Setting) -> Row:
    one = setting.parameter
    return {
        "name": one.name,
        "title": one.title.model_dump(),
        "kind": one.kind.value,
        "bound": one.bound.value,
        "value": list(setting.value) if isinstance(setting.value, tuple) else setting.value,
        "unit": one.unit,
        "strength": one.strength.value,
        "equivalent_allowed": one.may_be_equivalent(setting.level),
        "trigger": one.trigger,
        "applies_if": sorted(one.applies),
        "unconfirmed": setting.doubtful,
    }


def _strictest(found: Strictest) -> Row:
    def named(setting: Setting) -> Row:
        return {
            "control": setting.parameter.control,
            "instrument": setting.instrument,
            "value": setting.value,
            "applies_if": sorted(setting.parameter.applies),
            "unconfirmed": setting.doubtful,
        }

    return {
        "topic": found.topic,
        "value": found.value,
        "says": named(found.says) if found.says else None,
        "others": [named(each) for each in found.others],
        "might": [named(each) for each in found.might],
    }


def _equivalent(control: str, other: str) -> Mapping[str, object]:
    known = succession(control if control.startswith(f"{OLD_STANDARD}/") else other)
    certainty = known.certainty.value if known else None
    return {
        "control": other,
        "certainty": certainty,
        "reason": known.reason.model_dump() if known else None,
    }


def _whose(setting: Setting) -> str:
    doubt = " (unconfirmed)" if setting.doubtful else ""
    return f"{amount(setting)}: {setting.parameter.control}{doubt}"


def _condition(setting: Setting) -> str:
    said = (
        in_language(parameters().conditions[each]) for each in sorted(setting.parameter.applies)
    )
    word = "nếu" if language() is Language.VI else "if the system"
    return f"{word} {', '.join(said)}"


def _parts(control: str) -> str:
    every = mapping().parts
    return "; ".join(f"29.2.{each} {in_language(every[each])}" for each in plan_parts(control))


def _months(months: int | None) -> str | None:
    return None if months is None else f"{months} {in_language(parameters().units['month'])}"


def _yes(value: bool) -> str:  # noqa: FBT001 - the value to print
    return "yes" if value else "no"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
