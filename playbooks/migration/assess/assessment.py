"""The assessment of an estate: each system with its strategy, reasons, size, cost and questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from playbooks.migration.assess.grouping import Group
from playbooks.migration.assess.question import (
    Answers,
    data_class,
    facts_of,
    level_of,
    questions,
)
from playbooks.migration.assess.rule import Rule, Strategy, chosen, points, rules, weights
from playbooks.migration.assess.size import Cost, Target, cost, target
from playbooks.migration.assess.view import View, view
from playbooks.migration.discover.estate import Estate
from stacks.models.base import Model

MOST_RISK = 100
RISKS = ((50, "high"), (25, "medium"), (0, "low"))
_WITHOUT_MOVE = (Strategy.RETAIN, Strategy.RETIRE)


class Reason(Model):
    """A rule that held, and what it added."""

    rule: str
    vi: str
    en: str
    adds: Mapping[str, int]


class Assessed(Model):
    """One system.

    Attributes:
        margin: How far the strategy is ahead of the next one, in points of weight.
        effort_days: Person-days.
        open_questions: Ids of questions without answer.
    """

    id: str
    group: Group
    facts: View
    strategy: Strategy
    margin: int
    weights: Mapping[Strategy, int]
    reasons: tuple[Reason, ...]
    effort_days: int
    risk: int
    risk_class: str
    level: int | None
    level_reason: Mapping[str, str] = {}
    data_class: str
    target: Target
    cost: Cost
    open_questions: tuple[str, ...]

    @property
    def moves(self) -> bool:
        return self.strategy not in _WITHOUT_MOVE


class Assessment(Model):
    """All systems of an estate on a day."""

    schema_version: Literal[1] = 1
    day: dt.date
    systems: tuple[Assessed, ...]


def assessed(
    estate: Estate, groups: Mapping[str, Group], answers: Answers, day: dt.date
) -> Assessment:
    """Assess every system."""
    found = (one(name, group, estate, answers.get(name, {}), day) for name, group in groups.items())
    return Assessment(day=day, systems=tuple(found))


def one(
    name: str, group: Group, estate: Estate, answers: Mapping[str, str], day: dt.date
) -> Assessed:
    """Assess one system."""
    hosts = [each for each in estate.hosts if each.name in group.hosts]
    facts = facts_of(answers)
    proposal = level_of(facts)
    stated = max((each.level or 0 for each in hosts), default=0) or None
    level = proposal.level if proposal else stated
    seen = view(group, estate, answers, day).model_copy(update={"level": level})
    held = tuple(rule for rule in rules() if rule.holds(seen))
    summed = weights(held)
    strategy = chosen(summed)
    second = max(weight for each, weight in summed.items() if each is not strategy)
    size = target(hosts, seen.data_gib, seen.growth_gib_month or 0.0)
    risk = min(points(held, "risk"), MOST_RISK)
    return Assessed(
        id=name,
        group=group,
        facts=seen,
        strategy=strategy,
        margin=summed[strategy] - second,
        weights=summed,
        reasons=tuple(_reason(each) for each in held),
        effort_days=1 if strategy in _WITHOUT_MOVE else points(held, "effort"),
        risk=risk,
        risk_class=next(word for least, word in RISKS if risk >= least),
        level=level,
        level_reason=proposal.reason.model_dump() if proposal else {},
        data_class=data_class(facts),
        target=size,
        cost=cost(hosts, size, level, answers, day),
        open_questions=tuple(
            each.id for each in questions() if each.asked(seen) and each.id not in answers
        ),
    )


def _reason(rule: Rule) -> Reason:
    return Reason(rule=rule.id, vi=rule.vi, en=rule.en, adds=rule.adds)
