"""What a control asks in numbers at each level, and which of two values is the stricter."""

from __future__ import annotations

from enum import StrEnum
from functools import cache, cached_property
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from policies.catalogue.instrument import FOLDER
from policies.rule import LevelSpan, span
from policies.text import Closed
from policies.yaml_file import read

Value = bool | int | str | tuple[str, ...]
LAXEST = -1_000_000


class ParameterKind(StrEnum):
    """What a value is; `limit` is at most, `length` and `count` at least, `date` a day."""

    INTERVAL = "interval"
    RETENTION = "retention"
    COUNT = "count"
    LENGTH = "length"
    LIMIT = "limit"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    LIST = "list"
    DATE = "date"


class Bound(StrEnum):
    MIN = "min"
    MAX = "max"
    EXACT = "exact"


class Strength(StrEnum):
    """How binding a value is; to leave a suggested one, a reason from the risks is written."""

    REQUIRED = "required"
    SUGGESTED = "suggested"


_BOUNDS = {
    ParameterKind.INTERVAL: Bound.MAX,
    ParameterKind.LIMIT: Bound.MAX,
    ParameterKind.RETENTION: Bound.MIN,
    ParameterKind.COUNT: Bound.MIN,
    ParameterKind.LENGTH: Bound.MIN,
    ParameterKind.CHOICE: Bound.MIN,
}


class Words(Closed):
    """A few words in both languages; units are short."""

    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)


def _keys(given: object) -> object:
    return {str(key): value for key, value in given.items()} if isinstance(given, dict) else given


def _texts(given: object) -> object:
    return [str(each) for each in given] if isinstance(given, list) else given


def _once(given: dict[str, Value]) -> dict[str, Value]:
    covered = [level for levels in given for level in span(levels)]
    if len(covered) != len(set(covered)):
        raise ValueError("a level stands twice")
    return given


Spans = Annotated[frozenset[LevelSpan], BeforeValidator(_texts)]


class Parameter(Closed):
    """One value of a control, by level.

    Attributes:
        order: Of a choice, from the laxest to the strictest.
        equivalent_allowed: Levels at which an equivalent solution may stand in.
        applies: Conditions that must all be true of the system; none: it always applies.
        topic: What several instruments say something about; the strictest wins.
        doubt: Levels whose value is background knowledge, seen in no source.
    """

    control: str
    name: str
    title: Words
    kind: ParameterKind
    unit: str | None = None
    bound: Bound
    by_level: Annotated[
        dict[LevelSpan, Value], BeforeValidator(_keys), AfterValidator(_once), Field(min_length=1)
    ]
    order: tuple[str, ...] = ()
    strength: Strength = Strength.REQUIRED
    equivalent_allowed: Spans = frozenset()
    trigger: str | None = None
    applies: frozenset[str] = frozenset()
    topic: str | None = None
    doubt: Spans = frozenset()

    @model_validator(mode="after")
    def _values_fit_the_kind(self) -> Self:
        chosen = self.kind is ParameterKind.CHOICE
        if chosen != bool(self.order):
            raise ValueError(f"{self.id}: a choice, and nothing else, has an order")
        if chosen and not set(self.by_level.values()) <= set(self.order):
            raise ValueError(f"{self.id}: a value is not in the order")
        return self

    @property
    def id(self) -> str:
        """Give an id that no other parameter has: `TCVN14423/LG-07#log-retention`."""
        return f"{self.control}#{self.name}"

    @property
    def instrument(self) -> str:
        return self.control.partition("/")[0]

    @cached_property
    def levels(self) -> dict[int, Value]:
        return {level: value for key, value in self.by_level.items() for level in span(key)}

    def doubtful(self, level: int) -> bool:
        return any(level in span(each) for each in self.doubt)

    def may_be_equivalent(self, level: int) -> bool:
        return any(level in span(each) for each in self.equivalent_allowed)

    def strictness(self, level: int) -> int:
        """Give a number that grows with strictness; a word such as `periodic` is the laxest."""
        value = self.levels[level]
        if isinstance(value, str):
            return self.order.index(value) if self.order else LAXEST
        if isinstance(value, tuple):
            return len(value)
        return -value if self.bound is Bound.MAX else int(value)


class Parameters(Closed):
    names: dict[str, Words]
    triggers: dict[str, Words]
    conditions: dict[str, Words]
    units: dict[str, Words]
    controls: dict[str, dict[str, Parameter]]

    @model_validator(mode="after")
    def _words_are_known(self) -> Self:
        for each in (one for every in self.controls.values() for one in every.values()):
            known = each.trigger is None or each.trigger in self.triggers
            known = known and each.applies <= self.conditions.keys()
            if not known or (each.unit is not None and each.unit not in self.units):
                raise ValueError(f"{each.id}: a trigger, condition or unit has no words")
        return self


@cache
def parameters() -> Parameters:
    """Read `parameters.yaml`."""
    document = read(FOLDER / "parameters.yaml")
    controls = {
        control: {
            name: _whole(control, name, {"title": document["names"][name], **each})
            for name, each in every.items()
        }
        for control, every in document["controls"].items()
    }
    return Parameters.model_validate({**document, "controls": controls})


def of_control(control: str) -> tuple[Parameter, ...]:
    return tuple(parameters().controls.get(control, {}).values())


@cache
def on_topic(topic: str) -> tuple[Parameter, ...]:
    """Give what the instruments say about one topic."""
    every = (each for known in parameters().controls.values() for each in known.values())
    return tuple(each for each in every if each.topic == topic)


def _whole(control: str, name: str, given: dict[str, object]) -> dict[str, object]:
    bound = _BOUNDS.get(ParameterKind(str(given["kind"])), Bound.EXACT)
    return {"control": control, "name": name, "bound": bound, **given}
