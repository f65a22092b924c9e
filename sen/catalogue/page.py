"""The page about the catalogue: instruments, and every control with its clauses and values."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from policies.catalogue import Control, Parameter, all_controls, caveat, instruments, parameters
from policies.catalogue.parameter import of_control
from policies.catalogue.regime import note
from policies.scope import LEVELS
from sen.catalogue.answer import in_language, iso, say, title
from sen.reference.markdown import page as page_of
from sen.reference.markdown import table
from stacks.problem import Language

TOLD = ("in-investment", "classified", "over")


def page(language: Language) -> str:
    """Give the page in one language."""
    every = all_controls().values()
    by_instrument = dict.fromkeys(each.instrument for each in every)
    introduction = say(
        "page-introduction",
        language,
        count=len(every),
        instruments=len(by_instrument),
        caveat=in_language(caveat(), language),
    )
    sections = (_controls(name, language) for name in by_instrument)
    return page_of(
        say("page-title", language),
        introduction,
        say("page-marks", language),
        *_instruments(language),
        *(part for section in sections for part in section),
    )


def _instruments(language: Language) -> Iterator[str]:
    yield f"## {say('page-instruments', language)}"
    told = partial(say, to=language)
    header = ("id", told("page-number"), told("title"), told("page-from"), told("page-to"))
    rows = [
        (
            each.id,
            each.number,
            in_language(each.title, language),
            iso(each.effective_from) or "",
            iso(each.effective_to) or "",
            each.superseded_by or "",
            in_language(each.doubt, language) if each.doubt else "",
        )
        for each in instruments().values()
    ]
    yield table((*header, told("page-after"), told("page-doubt")), rows)
    yield f"## {told('page-transition')}"
    yield "\n".join(f"- {in_language(note(key), language)}." for key in TOLD)


def _controls(instrument: str, language: Language) -> Iterator[str]:
    yield f"## {instruments()[instrument].number}"
    levels = (say("page-level", language, level=level) for level in LEVELS)
    names = (say(each, language) for each in ("control", "title", "page-mark"))
    mine = [each for each in all_controls().values() if each.instrument == instrument]
    rows = [_row(each, language) for each in mine]
    yield table((*names, *levels, say("page-values", language)), rows)


def _row(control: Control, language: Language) -> tuple[str, ...]:
    clauses = (control.clauses.get(level, "–") for level in LEVELS)
    values = "; ".join(_value(each, language) for each in of_control(control.id))
    return (
        control.id.partition("/")[2],
        title(control, language),
        control.automation.value,
        *clauses,
        values,
    )


def _value(one: Parameter, language: Language) -> str:
    unit = f" {in_language(parameters().units[one.unit], language)}" if one.unit else ""
    said = " / ".join(_at(one, level, language) for level in LEVELS)
    return f"{in_language(one.title, language)}: {said}{unit}"


def _at(one: Parameter, level: int, language: Language) -> str:
    value = one.levels.get(level)
    if value is None:
        return "–"
    doubt = "?" if one.doubtful(level) else ""
    if isinstance(value, bool):
        return say("yes" if value else "no", language) + doubt
    return (", ".join(value) if isinstance(value, tuple) else str(value)) + doubt
