"""What a host rule answers: a verdict, and the line that shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policies.finding import Verdict

MOST_NAMED = 5
LONGEST = 300


@dataclass(frozen=True)
class Answer:
    verdict: Verdict
    evidence: str = ""


def printable(text: str) -> str:
    """Make a line safe to show: what a host sends must not steer the reader's terminal."""
    line = "".join(each if each.isprintable() else "?" for each in " ".join(text.split()))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def passes(evidence: str) -> Answer:
    return Answer(Verdict.PASS, printable(evidence))


def fails(evidence: str) -> Answer:
    return Answer(Verdict.FAIL, printable(evidence))


def absent(evidence: str) -> Answer:
    """Say that the host has nothing that the rule is about."""
    return Answer(Verdict.NOT_APPLICABLE, printable(evidence))


def unseen(evidence: str) -> Answer:
    """Say that nobody could tell, and why."""
    return Answer(Verdict.NOT_ASSESSED, printable(evidence))


def verdict(*, good: bool, evidence: str) -> Answer:
    return passes(evidence) if good else fails(evidence)


def none_of(broken: Iterable[str], otherwise: str) -> Answer:
    """Fail with the first of what is broken and the number of the rest; pass when there is none."""
    all_broken = list(broken)
    if not all_broken:
        return passes(otherwise)
    rest = len(all_broken) - MOST_NAMED
    more = f"; +{rest}" if rest > 0 else ""
    return fails("; ".join(all_broken[:MOST_NAMED]) + more)
