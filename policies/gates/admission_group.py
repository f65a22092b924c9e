"""Which rules share a policy: one part of the kinds, one action, one context object.

Every kind belongs to one part, so that an object meets one policy an action, however many rules
name its kind alone, in a list or through a family.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from policies.kind import kinds, split
from policies.rule import Action, Rule
from policies.scope import LEVELS

CORE = "core"


@dataclass(frozen=True)
class Group:
    """Rules that share a policy.

    Attributes:
        part: Name of the part of the kinds.
        kinds: The kinds of it that some of the rules judge and an API server serves.
    """

    part: str
    context: str | None
    action: Action
    rules: tuple[Rule, ...]

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        judged = (kind for rule in self.rules for kind in rule.kinds)
        return tuple(dict.fromkeys(kind for kind in judged if self._holds(kind)))

    def name(self, prefix: str) -> str:
        parts = [prefix, self.part]
        if self.context:
            parts.append(self.context.rpartition("/")[2].lower())
        return "-".join((*parts, self.action))

    def kinds_of(self, rule: Rule) -> tuple[str, ...]:
        """Give the kinds of the policy that a rule judges."""
        return tuple(kind for kind in self.kinds if kind in rule.kinds)

    def _holds(self, kind: str) -> bool:
        return bool(kinds().kinds[kind].resources) and part_of(kind) == self.part


def groups(rules: Iterable[Rule]) -> Iterator[Group]:
    """Put rules into policies; what no API server can judge stays out."""
    asked = [rule for rule in rules if rule.asked_at_admission]
    for part in parts(asked):
        here = [rule for rule in asked if any(_served(kind, part) for kind in rule.kinds)]
        for context in sorted({rule.context or "" for rule in here}):
            same = tuple(rule for rule in here if (rule.context or "") == context)
            yield from _by_action(part, context or None, same)


def parts(rules: Sequence[Rule]) -> tuple[str, ...]:
    """Give the parts that rules are about, by name."""
    served = kinds().kinds
    return tuple(
        sorted({part_of(kind) for rule in rules for kind in rule.kinds if served[kind].resources})
    )


def part_of(kind: str) -> str:
    """Give the part of a kind: the first family that holds it, else its API group."""
    for name, family in kinds().families.items():
        if kind in family.kinds:
            return name
    return split(kind)[0].partition(".")[0] or CORE


def may_act(rule: Rule, action: Action) -> tuple[int, ...]:
    """Give the levels at which a rule may do this; one in transition warns where it will refuse."""
    wanted = {action}
    if rule.transition and action is Action.WARN:
        wanted.add(Action.DENY)
    return tuple(level for level in LEVELS if rule.action(level) in wanted)


def _by_action(part: str, context: str | None, rules: tuple[Rule, ...]) -> Iterator[Group]:
    for action in (Action.DENY, Action.WARN):
        chosen = tuple(rule for rule in rules if may_act(rule, action))
        if chosen:
            yield Group(part, context, action, chosen)


def _served(kind: str, part: str) -> bool:
    return bool(kinds().kinds[kind].resources) and part_of(kind) == part
