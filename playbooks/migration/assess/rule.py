"""The rules of an assessment: data, tried on the facts of a system."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from enum import StrEnum
from importlib import resources
from typing import Any

import yaml
from pydantic import Field

from playbooks.migration.assess.view import View
from stacks.models.base import Model

Scalar = bool | int | float | str


class Strategy(StrEnum):
    """In the order in which equal weights are decided: what changes less comes first."""

    RETAIN = "retain"
    REHOST = "rehost"
    REPLATFORM = "replatform"
    REPURCHASE = "repurchase"
    REBUILD = "rebuild"
    RETIRE = "retire"


class Condition(Model):
    """What a fact has to be; all that is given holds at once."""

    is_: Scalar | tuple[Scalar, ...] | None = Field(default=None, alias="is")
    at_least: float | None = None
    at_most: float | None = None
    has_any: tuple[str, ...] | None = None

    def holds(self, fact: object) -> bool:
        """Try it on a fact; one that nobody knows fulfils nothing."""
        if fact is None:
            return False
        if self.is_ is not None and fact != self.is_:
            return False
        if self.has_any is not None:
            return isinstance(fact, tuple) and bool(set(fact) & set(self.has_any))
        return self._within(fact)

    def _within(self, fact: object) -> bool:
        if self.at_least is None and self.at_most is None:
            return True
        if not isinstance(fact, int | float):
            return False
        low = self.at_least is None or fact >= self.at_least
        return low and (self.at_most is None or fact <= self.at_most)


class Rule(Model):
    """What a set of facts speaks for; its samples stand beside it."""

    id: str
    when: Mapping[str, Condition]
    adds: Mapping[str, int]
    vi: str
    en: str
    pass_: tuple[Mapping[str, Any], ...] = Field(alias="pass", min_length=1)
    fail: tuple[Mapping[str, Any], ...] = Field(min_length=1)

    def holds(self, facts: View) -> bool:
        return all(condition.holds(facts.get(name)) for name, condition in self.when.items())


@functools.cache
def rules() -> tuple[Rule, ...]:
    """Read `rules.yaml`."""
    text = resources.files(__package__).joinpath("rules.yaml").read_text("utf-8")
    return tuple(Rule.model_validate(each) for each in yaml.load(text, yaml.CSafeLoader))


def weights(held: tuple[Rule, ...]) -> dict[Strategy, int]:
    """Add up what the rules that hold say for each strategy."""
    return {each: sum(rule.adds.get(each.value, 0) for rule in held) for each in Strategy}


def chosen(summed: Mapping[Strategy, int]) -> Strategy:
    """Give the strategy with the greatest weight; the first of `Strategy` among equals."""
    return max(Strategy, key=lambda each: (summed[each], -list(Strategy).index(each)))


def points(held: tuple[Rule, ...], what: str) -> int:
    return sum(rule.adds.get(what, 0) for rule in held)
