"""Who shows each control at each level: rules and their gates, tests, people, nobody yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from policies.catalogue import Automation, Control
from policies.catalogue.reason import Reason, reasons
from policies.control import controls
from policies.finding import Gate
from policies.host_rule import HostRule, load_host_rules
from policies.kind import kinds
from policies.rule import Action, Rule, load_rules

CLOUD_GROUP = "cloud.sen.gov.vn/"


class Shown(StrEnum):
    """What shows a control, the strongest first.

    Attributes:
        REASON: Neither rule nor probe; it is written why, and people show it.
        OPEN: Nothing yet.
    """

    RULE = "rule"
    PROBE = "probe"
    PEOPLE = "people"
    REASON = "reason"
    OPEN = "open"


@dataclass(frozen=True)
class Coverage:
    """One control at one level.

    Attributes:
        rules: Ids of the rules that realise it and are not off at the level.
        gates: Where those rules are asked.
    """

    control: Control
    level: int
    rules: tuple[str, ...]
    gates: tuple[Gate, ...]
    said: Reason | None

    @property
    def probes(self) -> tuple[str, ...]:
        return self.said.probes if self.said else ()

    @property
    def shown(self) -> Shown:
        if self.rules:
            return Shown.RULE
        if self.probes:
            return Shown.PROBE
        if self.control.automation is Automation.EVIDENCE:
            return Shown.PEOPLE
        return Shown.REASON if self.said else Shown.OPEN

    @property
    def needs_people(self) -> bool:
        """Say whether people must show it too, by a document: the platform alone does not."""
        partly = self.control.automation is not Automation.PLATFORM
        return partly or self.shown in {Shown.REASON, Shown.OPEN}


def coverage(level: int, instrument: str | None = None) -> tuple[Coverage, ...]:
    """Say for every control asked at a level who shows it, in the catalogue's order."""
    every = _rules_by_control()
    return tuple(
        _covered(control, level, every.get(control.id, ()))
        for control in controls().values()
        if level in control.clauses and instrument in (None, control.instrument)
    )


def gates_of(rule: Rule | HostRule) -> frozenset[Gate]:
    """Say at which gates a rule is asked."""
    if isinstance(rule, HostRule):
        return frozenset({Gate.HOST})
    served = any(kinds().kinds[name].resources for name in rule.kinds)
    found = {Gate.CLOUD} if any(name.startswith(CLOUD_GROUP) for name in rule.kinds) else set()
    found |= {Gate.PLAN, Gate.LIVE} if served else set()
    found |= {Gate.ADMISSION} if rule.asked_at_admission else set()
    found |= {Gate.FILES} if any(not name.startswith(CLOUD_GROUP) for name in rule.kinds) else set()
    return frozenset(found)


def _rules_by_control() -> dict[str, list[Rule | HostRule]]:
    found: dict[str, list[Rule | HostRule]] = {}
    every: tuple[Rule | HostRule, ...] = (*load_rules(), *load_host_rules())
    for rule in every:
        for control in rule.controls:
            found.setdefault(control, []).append(rule)
    return found


def _covered(control: Control, level: int, rules: Iterable[Rule | HostRule]) -> Coverage:
    active = [rule for rule in rules if rule.action(level) is not Action.OFF]
    reached = {gate for rule in active for gate in gates_of(rule)}
    gates = tuple(gate for gate in Gate if gate in reached)
    names = tuple(rule.id for rule in active)
    return Coverage(control, level, names, gates, reasons().get(control.id))
