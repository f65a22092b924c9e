"""Judges one object by one rule's CEL, in the process, with what is not known yet kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_strings

from policies import pattern
from policies.expression import inlined
from policies.partial import functions, stopping_at_unknown
from policies.pattern import with_cached_patterns
from policies.rule import Rule
from stacks.problem import Problem, ProblemError

_VARIABLES = {
    "object": cel.Type.DYN,
    "params": cel.Type.DYN,
    "others": cel.Type.DYN,
    "level": cel.Type.INT,
}
# The one extension that rules may use: the API server has it too.
_EXTENSIONS = [ext_strings.ExtStrings()]
_PLAIN = cel.NewEnv(variables=_VARIABLES, extensions=_EXTENSIONS, functions=pattern.functions())
_CAREFUL = cel.NewEnv(
    variables=_VARIABLES,
    extensions=_EXTENSIONS,
    functions=[*functions(), *pattern.functions()],
)


@dataclass(frozen=True)
class Bound:
    """What CEL's names stand for: the object, its level, a context object, objects around it."""

    thing: Mapping[str, Any]
    level: int
    params: object = None
    others: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Prepared:
    """An object bound to CEL's names.

    Attributes:
        careful: Some of its values are unknown, and no guess may be made.
    """

    activation: Any
    careful: bool


class Engine:
    """A set of rules, compiled once; for objects with unknown values once more, when one comes."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._programs = {rule.id: _compiled(rule) for rule in rules}
        self._careful: dict[str, Any] = {}

    def prepare(self, bound: Bound, *, careful: bool = False) -> Prepared:
        """Bind an object once for all the rules that will look at it."""
        environment = _CAREFUL if careful else _PLAIN
        names = {
            "object": bound.thing,
            "level": bound.level,
            "params": bound.params,
            "others": list(bound.others),
        }
        return Prepared(environment.Activation(names), careful)

    def holds(self, rule: Rule, prepared: Prepared) -> bool | None:
        """Say whether the rule holds; None when it cannot be computed.

        The engine's own error text quotes the object, secrets included: it goes nowhere.
        """
        try:
            value = self._program(rule, careful=prepared.careful).eval(prepared.activation)
        except RuntimeError:
            return None
        verdict = value.plain_value() if value.type() == cel.Type.BOOL else None
        return verdict if isinstance(verdict, bool) else None

    def _program(self, rule: Rule, *, careful: bool) -> Any:  # noqa: ANN401 - untyped library
        if not careful:
            return self._programs[rule.id]
        if rule.id not in self._careful:
            parsed = _PLAIN.compile(inlined(rule), disable_check=True).serialize()
            known = stopping_at_unknown(with_cached_patterns(parsed))
            self._careful[rule.id] = _CAREFUL.deserialize(known)
        return self._careful[rule.id]


def _compiled(rule: Rule) -> Any:  # noqa: ANN401 - untyped library
    try:
        text = inlined(rule)
        checked = _PLAIN.compile(text)
        if ".matches(" not in text:
            return checked
        parsed = _PLAIN.compile(text, disable_check=True).serialize()
        return _PLAIN.deserialize(with_cached_patterns(parsed))
    except (RuntimeError, KeyError, ValueError) as error:
        reason = {"reason": str(error).splitlines()[0]}
        raise ProblemError(Problem("policy-bad-rule", f"{rule.id}/rule.yaml", reason)) from None
