"""From a rule to CEL text: what its names stand for, and the one expression that is left."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from policies.kind import kinds
from policies.rule import ByLevel, Parameter, Rule, span
from policies.scope import scope

REFERENCE = re.compile(r"\bvariables\.([a-z][a-z0-9_]*)")
DEEPEST = 20


def shared(rule: Rule) -> dict[str, str]:
    """Give the variables that the rule has from its families and from the scope."""
    platform = literal(scope().platform_namespaces)
    return {"platform_namespaces": platform, **kinds().variables(rule.matches)}


def own(rule: Rule) -> dict[str, str]:
    """Give the rule's parameters and variables as CEL."""
    given = {name: parameter(value) for name, value in rule.parameters.items()}
    return {**given, **rule.variables}


def literal(value: Parameter) -> str:
    """Write a value as CEL; JSON's strings, numbers, truths and lists are CEL's."""
    return json.dumps(value, ensure_ascii=False)


def parameter(value: Parameter | ByLevel) -> str:
    """Write a parameter as CEL: a value, or a choice by level."""
    if not isinstance(value, ByLevel):
        return literal(value)
    *others, (_, last) = value.by_level.items()
    choices = [
        f"variables.level in {list(span(levels))} ? {literal(each)} : " for levels, each in others
    ]
    return "".join(choices) + literal(last)


def rename(text: str, name: Callable[[str], str]) -> str:
    """Replace every `variables.x` by what `name` gives for x."""
    return REFERENCE.sub(lambda found: name(found[1]), text)


def inlined(rule: Rule) -> str:
    """Give the rule as one expression over `object`, `params` and `level`.

    The API server computes variables when they are read, and an error in one counts only if it is
    read; text put in place of the name behaves the same.
    """
    return _put_in(rule.expression, {"level": "level", **shared(rule), **own(rule)}, DEEPEST)


def _put_in(text: str, meaning: Mapping[str, str], depth: int) -> str:
    if depth == 0:
        raise ValueError("variables refer to each other in a circle")
    return rename(text, lambda name: f"({_put_in(meaning[name], meaning, depth - 1)})")
