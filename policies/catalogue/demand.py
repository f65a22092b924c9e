"""What a control asks of a system on a day: clause, values, and the strictest instrument."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from policies.catalogue.crosswalk import equivalents
from policies.catalogue.instrument import RegimeName, book, caveat
from policies.catalogue.parameter import Parameter, ParameterKind, Value, of_control, on_topic
from policies.catalogue.regime import NEW, OLD, Regime, next_day, note
from policies.control import Control
from policies.text import Text


class Standing(StrEnum):
    """Whether a control binds a system on a day.

    Attributes:
        COMING: It belongs to the new regime, which does not bind the system yet.
        SUPERSEDED: It belongs to the old regime, which does not bind the system.
    """

    ASKED = "asked"
    NOT_AT_LEVEL = "not-at-level"
    COMING = "coming"
    SUPERSEDED = "superseded"
    NOT_IN_FORCE = "not-in-force"


@dataclass(frozen=True)
class Setting:
    """A parameter at one level."""

    parameter: Parameter
    level: int

    @property
    def value(self) -> Value:
        return self.parameter.levels[self.level]

    @property
    def strictness(self) -> int:
        return self.parameter.strictness(self.level)

    @property
    def instrument(self) -> str:
        return self.parameter.instrument

    @property
    def doubtful(self) -> bool:
        return self.parameter.doubtful(self.level)


@dataclass(frozen=True)
class Strictest:
    """The strictest of what several instruments say.

    Attributes:
        says: The control and instrument whose value wins; none: only `might` says something.
        others: What the other instruments that bind the system say.
        might: Stricter ones that hold only under a condition not known to be true.
    """

    topic: str
    says: Setting | None
    others: tuple[Setting, ...] = ()
    might: tuple[Setting, ...] = ()

    @property
    def value(self) -> Value | None:
        return self.says.value if self.says else None

    @property
    def instrument(self) -> str | None:
        return self.says.instrument if self.says else None


@dataclass(frozen=True)
class Asked:
    """The answer about one control.

    Attributes:
        clause: Clause of the level; none where it is not asked. Unverified: see `caveat`.
        values: What it asks in numbers at this level.
        strictest: For each value that other instruments speak of too.
        notes: What the transition says.
    """

    control: Control
    level: int
    day: date
    regime: Regime
    standing: Standing
    clause: str | None
    values: tuple[Setting, ...]
    strictest: tuple[Strictest, ...]
    equivalents: tuple[str, ...]
    notes: tuple[Text, ...]
    caveat: Text


def asked(
    control: Control, level: int, day: date, regime: Regime, applicability: Collection[str] = ()
) -> Asked:
    """Say what a control asks of a system of a level on a day, under its regime."""
    regime = replace(regime, day=day)
    standing = _standing(control, level, regime)
    values = settings(control.id, level)
    topics = {each.topic: None for each in of_control(control.id) if each.topic}
    found = (strictest(topic, level, day, regime, applicability) for topic in topics)
    in_clause = standing is not Standing.NOT_AT_LEVEL
    return Asked(
        control=control,
        level=level,
        day=day,
        regime=regime,
        standing=standing,
        clause=control.clauses.get(level) if in_clause else None,
        values=values if in_clause else (),
        strictest=tuple(each for each in found if each),
        equivalents=equivalents(control.id),
        notes=(*regime.notes, *_why(standing, regime)),
        caveat=caveat(),
    )


def settings(control: str, level: int) -> tuple[Setting, ...]:
    """Give what a control asks in numbers at a level."""
    return tuple(Setting(each, level) for each in of_control(control) if level in each.levels)


def strictest(
    topic: str, level: int, day: date, regime: Regime, applicability: Collection[str] = ()
) -> Strictest | None:
    """Say which instrument is strictest about a topic, such as `log-retention`.

    Args:
        topic: A topic of `parameters.yaml`.
        level: The system's level.
        day: The day asked about.
        regime: What binds the system.
        applicability: Conditions known to be true of the system, such as `online-service`.

    Returns:
        The strictest; none where no instrument that binds the system says anything.
    """
    today = replace(regime, day=day)
    binding = [
        Setting(each, level)
        for each in on_topic(topic)
        if level in each.levels and today.binds(each.control)
    ]
    known = [each for each in binding if each.parameter.applies <= set(applicability)]
    says = max(known, key=_strictness, default=None)
    others = tuple(each for each in known if each is not says)
    might = (each for each in binding if each not in known)
    stricter = tuple(each for each in might if says is None or each.strictness > says.strictness)
    return Strictest(topic, says, others, stricter) if says or stricter else None


def shelf_life(control: str, level: int) -> int | None:
    """Give after how many months a look at a control is stale; none: it sets no interval."""
    intervals = [
        each.value
        for each in settings(control, level)
        if each.parameter.kind is ParameterKind.INTERVAL and isinstance(each.value, int)
    ]
    return min(intervals, default=None)


def _strictness(setting: Setting) -> int:
    return setting.strictness


def _standing(control: Control, level: int, regime: Regime) -> Standing:
    if regime.binds(control.id):
        return Standing.ASKED if level in control.clauses else Standing.NOT_AT_LEVEL
    if regime.name is OLD and _is_of(NEW, control):
        return Standing.COMING
    return Standing.SUPERSEDED if _is_of(OLD, control) else Standing.NOT_IN_FORCE


def _is_of(name: RegimeName, control: Control) -> bool:
    return control.instrument in book().regimes[name].instruments


def _why(standing: Standing, regime: Regime) -> tuple[Text, ...]:
    if standing is Standing.COMING:
        return (note("coming", next_day=next_day(regime)),)
    keys = {
        Standing.SUPERSEDED: "superseded",
        Standing.NOT_IN_FORCE: "not-in-force",
        Standing.NOT_AT_LEVEL: "level",
    }
    return (note(keys[standing]),) if standing in keys else ()
