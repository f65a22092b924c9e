"""Propose the security level of a system: every criterion is tried, the highest wins."""

import functools

from stacks.models.base import Bilingual, Model
from stacks.models.census import rows
from stacks.models.criterion import TESTS, Criterion, Regime
from stacks.models.facts import SystemFacts
from stacks.problem import Problem, ProblemError

WORDS = "criterion-words.csv"


class Proposal(Model):
    """The level that follows from the facts, and why.

    Attributes:
        criterion: The criterion that decided; with several of one level, the first in the decree.
        applied: Every criterion that the facts meet, the deciding one first.

    """

    regime: Regime
    level: int
    criterion: Criterion
    applied: tuple[Criterion, ...]

    @property
    def reason(self) -> Bilingual:
        return self.criterion.reason


@functools.cache
def criteria(regime: Regime) -> tuple[Criterion, ...]:
    """Give a decree's criteria in its own order."""
    words = {row["test"]: Bilingual(vi=row["vi"], en=row["en"]) for row in rows(WORDS)}
    found = (row for row in rows("criteria.csv") if row["regime"] == regime)
    return tuple(_criterion(row, words[row["test"]]) for row in found)


def _criterion(row: dict[str, str], reason: Bilingual) -> Criterion:
    decree = row["regime"].replace("/", "-")
    return Criterion(
        id=f"nd-{decree}-{row['test']}",
        level=int(row["level"]),
        article=int(row["article"]),
        clause=row["clause"] or None,
        point=row["point"] or None,
        reason=reason,
        confirmed=row["confirmed"] == "yes",
        applies=TESTS[row["test"]],
    )


def propose(facts: SystemFacts, regime: Regime = Regime.DECREE_331_2026) -> Proposal:
    """Propose a level; facts that meet no criterion are not guessed at."""
    met = [criterion for criterion in criteria(regime) if criterion.applies(facts)]
    if not met:
        raise ProblemError(Problem("level-no-criterion", regime.value))
    met.sort(key=lambda criterion: -criterion.level)
    return Proposal(regime=regime, level=met[0].level, criterion=met[0], applied=tuple(met))
