"""Which findings speak for a system today: the newest of each rule on each object."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from policies.finding import Finding, Gate, Target
from sen.assessment.run import Run

# What runs, as it was seen; a plan or a file only says what somebody means to build.
OBSERVED = frozenset({Gate.LIVE, Gate.HOST, Gate.CLOUD})
WHOLE_CLUSTER = "cluster"


@dataclass(frozen=True)
class SystemId:
    """A system by its agency's code and its short name: `H26/operations-centre`."""

    agency: str
    slug: str

    def __str__(self) -> str:
        return f"{self.agency}/{self.slug}"

    def owns(self, target: Target) -> bool:
        """Say whether an object is the system's own, or the platform's, which serves all."""
        if not target.system:
            return not target.agency
        return (target.agency, target.system) == (self.agency, self.slug)


@dataclass(frozen=True)
class Seen:
    """A finding and the run that made it."""

    run: Run
    finding: Finding


def standing(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Leave out runs that a newer one of the same gate and scope replaces; oldest first.

    A run over the whole cluster replaces every older run over a part of it.
    """
    newest: dict[tuple[Gate, str], Run] = {}
    for run in sorted(runs, key=lambda each: (each.ended, each.id)):
        if run.gate is Gate.LIVE and run.scope == WHOLE_CLUSTER:
            newest = {key: old for key, old in newest.items() if key[0] is not Gate.LIVE}
        newest.pop((run.gate, run.scope), None)
        newest[run.gate, run.scope] = run
    return tuple(newest.values())


def current(every: Iterable[Seen]) -> dict[str, list[Seen]]:
    """Give each control's findings, one a rule and object: the newest that was observed.

    Where a rule was never observed on an object, the newest intention speaks for it.
    """
    chosen: dict[tuple[str, Target], Seen] = {}
    for seen in every:
        key = (seen.finding.rule, seen.finding.target)
        if key not in chosen or _rank(seen) >= _rank(chosen[key]):
            chosen[key] = seen
    by_control: dict[str, list[Seen]] = defaultdict(list)
    for seen in chosen.values():
        for control in seen.finding.controls:
            by_control[control].append(seen)
    return dict(sorted(by_control.items()))


def _rank(seen: Seen) -> tuple[bool, object, str]:
    return seen.finding.gate in OBSERVED, seen.finding.seen_at, seen.run.id
