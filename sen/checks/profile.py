"""Profiles: which rules a standard asks for, and how strictly they are held."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from policies.catalogue import all_controls, equivalents
from policies.control import OLD_STANDARD, STANDARD
from policies.day import day_of, today
from policies.gates.choice import Choice
from policies.host_rule import HostRule
from policies.rule import Action, Rule
from policies.rule import Profile as Foreign
from policies.scope import scope
from stacks.problem import Problem, ProblemError


class Profile(StrEnum):
    TCVN14423_L1 = "tcvn14423-l1"
    TCVN14423_L2 = "tcvn14423-l2"
    TCVN14423_L3 = "tcvn14423-l3"
    TCVN14423_L4 = "tcvn14423-l4"
    TCVN14423_L5 = "tcvn14423-l5"
    TCVN11930_L1 = "tcvn11930-l1"
    TCVN11930_L2 = "tcvn11930-l2"
    TCVN11930_L3 = "tcvn11930-l3"
    TCVN11930_L4 = "tcvn11930-l4"
    TCVN11930_L5 = "tcvn11930-l5"
    PSS_BASELINE = "pss-baseline"
    PSS_RESTRICTED = "pss-restricted"

    @property
    def level(self) -> int | None:
        """Give the level that everything is held to; Pod Security knows none."""
        name, _, level = self.value.partition("-l")
        return int(level) if level and name.startswith("tcvn") else None


R = TypeVar("R", Rule, HostRule)
# Who is held to the stricter of the two is held to the other too.
_OF_POD_SECURITY = {
    Profile.PSS_BASELINE: {Foreign.PSS_BASELINE},
    Profile.PSS_RESTRICTED: {Foreign.PSS_BASELINE, Foreign.PSS_RESTRICTED},
}


def chosen(
    rules: Sequence[Rule],
    *,
    profile: Profile | None = None,
    names: Iterable[str] = (),
    level: int | None = None,
    day: str | None = None,
    namespace: str = "",
) -> Choice:
    """Choose rules for objects.

    Raises:
        ProblemError: A rule is not known, or nothing is left to judge by.
    """
    held = named(of_profile(rules, profile), tuple(names), rules)
    return Choice(
        rules=held,
        level=profile.level if profile else None,
        default_level=level or scope().unknown_level,
        at=moment(day),
        namespace=namespace,
    )


def moment(day: str | None) -> datetime:
    """Give the moment of the check: now, or on the day that was named.

    Raises:
        ProblemError: It is no day.
    """
    date = day_of(day, day) if day else today()
    return datetime.now(UTC).replace(year=date.year, month=date.month, day=date.day)


def of_profile(rules: Sequence[R], profile: Profile | None) -> tuple[R, ...]:
    """Give the rules of a profile; those of Pod Security refuse at every level."""
    if profile is None:
        return tuple(rules)
    wanted = _OF_POD_SECURITY.get(profile)
    if wanted is None:
        return tuple(each for each in rules if _is_asked(each.controls, profile))
    members = (each for each in rules if isinstance(each, Rule) and wanted & set(each.profiles))
    return tuple(refusing(each) for each in members)


def refusing(rule: R) -> R:
    """Give a rule that refuses at every level."""
    said = {**rule.model_dump(), "levels": {"1-5": Action.DENY}, "transition": None}
    if isinstance(rule, HostRule):
        del said["transition"]
    return rule.model_validate(said)


def named(rules: Sequence[R], names: tuple[str, ...], every: Sequence[R]) -> tuple[R, ...]:
    """Give the rules of these names, all of them if none is named.

    Raises:
        ProblemError: A rule is not known, or nothing is left to judge by.
    """
    known = {each.id: each for each in every}
    strange = [name for name in names if name not in known]
    if strange:
        raise ProblemError(*(_unknown(name, known) for name in strange))
    found = tuple(each for each in rules if not names or each.id in names)
    if not found:
        raise ProblemError(Problem("check-no-rules", ", ".join(names) or "--profile"))
    return found


def _is_asked(names: Iterable[str], profile: Profile) -> bool:
    """Say whether a profile's standard asks for one of the controls at its level."""
    known, level = all_controls(), profile.level
    if profile.value.startswith("tcvn11930"):
        own = (old for each in names for old in equivalents(each) if old.startswith(OLD_STANDARD))
    else:
        own = (each for each in names if each.startswith(STANDARD))
    asked = (known.get(each) for each in own)
    return any(each is not None and level in each.levels for each in asked)


def _unknown(name: str, known: Iterable[str]) -> Problem:
    close = difflib.get_close_matches(name, list(known), n=3)
    return Problem("check-rule-unknown", name, {"close": ", ".join(close) or "-"})
