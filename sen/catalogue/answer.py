"""The answer about one control: lines for people, a whole document for programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources

import yaml

from policies.catalogue import (
    Asked,
    Control,
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
from policies.text import Text
from stacks.problem import Language, language

Row = dict[str, object]


def in_language(text: Text | Words, to: Language | None = None) -> str:
    """Give the words in a language, by default the reader's."""
    return text.vi if (to or language()) is Language.VI else text.en


def say(word: str, to: Language | None = None, **values: object) -> str:
    """Give one of our own words in a language, by default the reader's."""
    return in_language(_words()[word], to).format(**values)


@cache
def _words() -> Mapping[str, Words]:
    text = (resources.files("sen.catalogue") / "words.yaml").read_text("utf-8")
    known = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - words only: `no` is no truth
    return {name: Words.model_validate(each) for name, each in known.items()}


def title(control: Control, to: Language | None = None) -> str:
    said = control.title_vi if (to or language()) is Language.VI else control.title_en
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
        "classified": iso(found.regime.classified),
        "regime_until": iso(found.regime.until),
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
    until = f" ({say('until', day=regime.until)})" if regime.until else ""
    lines: list[tuple[str, object]] = [
        ("control", control.id),
        ("title", title(control)),
        ("level-and-day", f"{found.level}, {found.day}"),
        ("regime", f"{regime.name}{until}"),
        ("standing", say(found.standing)),
        ("clause", found.clause),
        *(("value", line(each)) for each in found.values),
        *(("strictest", strictest_line(each)) for each in found.strictest),
        ("shelf-life", _months(shelf_life(control.id, found.level))),
        ("automation", say(control.automation)),
        ("equivalents", ", ".join(found.equivalents)),
        ("articles", ", ".join(measures(control.id))),
        ("parts", _parts(control.id)),
        *(("note", in_language(each)) for each in found.notes),
        ("unverified", in_language(found.caveat)),
    ]
    return [
        {say("field"): say(name), say("value"): value}
        for name, value in lines
        if value not in (None, "")
    ]


def line(setting: Setting) -> str:
    """Say a value in the reader's language: `Logs kept for at least: 3 months (required)`."""
    one = setting.parameter
    said = [say(one.strength)]
    said += [say("equivalent")] if one.may_be_equivalent(setting.level) else []
    said += [in_language(parameters().triggers[one.trigger])] if one.trigger else []
    said += [_condition(setting)] if one.applies else []
    said += [say("unconfirmed")] if setting.doubtful else []
    return f"{in_language(one.title)}: {amount(setting)} ({'; '.join(said)})"


def amount(setting: Setting) -> str:
    """Say a value with its unit."""
    value, unit = setting.value, setting.parameter.unit
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if isinstance(value, tuple):
        return ", ".join(value)
    if unit is None or isinstance(value, str):
        return str(value)
    return f"{value} {in_language(parameters().units[unit])}"


def strictest_line(found: Strictest) -> str:
    """Say which value wins, whose it is, and what would be stricter under which condition."""
    wins = [_whose(found.says)] if found.says else []
    others = [_whose(each) for each in found.others]
    might = [f"{_whose(each)} {_condition(each)}" for each in found.might]
    return "; ".join([*wins, *others, *might])


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
    doubt = f" ({say('unconfirmed')})" if setting.doubtful else ""
    return f"{amount(setting)}: {setting.parameter.control}{doubt}"


def _condition(setting: Setting) -> str:
    said = (
        in_language(parameters().conditions[each]) for each in sorted(setting.parameter.applies)
    )
    return f"{say('if')} {', '.join(said)}"


def _parts(control: str) -> str:
    every = mapping().parts
    return "; ".join(f"29.2.{each} {in_language(every[each])}" for each in plan_parts(control))


def _months(months: int | None) -> str | None:
    return None if months is None else f"{months} {in_language(parameters().units['month'])}"


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
