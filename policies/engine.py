"""Judges one object by one rule's CEL, in the process, with what is not known yet kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cel_expr_python import cel

from policies.expression import inlined
from policies.rule import Rule
from stacks.problem import Problem, ProblemError


class Unknown:
    """Stands for a value that only the update will tell.

    It is no CEL value, so CEL's own logic decides whether it matters: reading it is an error,
    and an error disappears where the other side of `&&` or `||` settles the result.
    """

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN: Final = Unknown()

_ENVIRONMENT = cel.NewEnv(
    variables={"object": cel.Type.DYN, "params": cel.Type.DYN, "level": cel.Type.INT}
)


class Engine:
    """A set of rules, compiled once."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._programs = {rule.id: _compiled(rule) for rule in rules}

    def prepare(self, thing: Mapping[str, Any], level: int, params: object = None) -> Any:  # noqa: ANN401 - untyped library
        """Bind an object once for all the rules that will look at it."""
        return _ENVIRONMENT.Activation({"object": thing, "level": level, "params": params})

    def holds(self, rule: Rule, prepared: Any) -> bool | None:  # noqa: ANN401 - untyped library
        """Say whether the rule holds; None when it cannot be computed.

        The engine's own error text quotes the object, secrets included: it goes nowhere.
        """
        try:
            value = self._programs[rule.id].eval(prepared)
        except RuntimeError:
            return None
        verdict = value.plain_value() if value.type() == cel.Type.BOOL else None
        return verdict if isinstance(verdict, bool) else None


def _compiled(rule: Rule) -> Any:  # noqa: ANN401 - untyped library
    try:
        return _ENVIRONMENT.compile(inlined(rule))
    except (RuntimeError, KeyError, ValueError) as error:
        reason = {"reason": str(error).splitlines()[0]}
        raise ProblemError(Problem("policy-bad-rule", f"{rule.id}/rule.yaml", reason)) from None
