"""What a register of waivers must keep to: every broken rule is told, with the waiver's id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations

from pydantic import ValidationError

from policies.kind import group_and_name, kinds, split
from policies.rule import RULES, Rule, load_rules
from policies.subject import namespaced
from policies.waiver_record import Waiver
from stacks.problem import Problem

HOST = "host"
POD = "/Pod"
# Fields whose pattern is there to keep wildcards out.
EXACT = frozenset({"rule", "object"})


def shape_problems(name: str, error: ValidationError) -> Iterator[Problem]:
    """Say what is wrong with a record that is no waiver; values are not repeated."""
    for each in error.errors():
        field = ".".join(map(str, each["loc"])) or "-"
        if each["type"] == "missing":
            yield Problem("waiver-part-missing", name, {"part": field})
        elif each["type"] == "string_pattern_mismatch" and each["loc"][0] in EXACT:
            yield Problem("waiver-not-exact", name, {"part": field})
        else:
            yield Problem("waiver-malformed", name, {"part": field, "reason": each["msg"]})


def problems(waivers: Sequence[Waiver]) -> Iterator[Problem]:
    """Say everything that is wrong with these waivers, each alone and among the others."""
    for waiver in waivers:
        yield from _about_object(waiver)
        yield from _about_term(waiver)
        if waiver.same_person:
            yield Problem("waiver-same-person", waiver.id)
    seen: dict[str, Waiver] = {}
    for waiver in waivers:
        if seen.setdefault(waiver.id.casefold(), waiver) is not waiver:
            yield Problem("waiver-twice", waiver.id)
    yield from _overlaps(waivers)


def _about_object(waiver: Waiver) -> Iterator[Problem]:
    if waiver.rule in host_rules():
        if waiver.object.kind != HOST:
            yield Problem("waiver-other-kind", waiver.id, {"rule": waiver.rule, "kinds": HOST})
        return
    rule = _rules().get(waiver.rule)
    if rule is None:
        yield Problem("waiver-unknown-rule", waiver.id, {"rule": waiver.rule})
        return
    if rule.context:
        yield Problem("waiver-not-possible", waiver.id, {"rule": rule.id, "context": rule.context})
    allowed = waivable(rule)
    if waiver.object.kind not in allowed:
        known = ", ".join(allowed)
        yield Problem("waiver-other-kind", waiver.id, {"rule": rule.id, "kinds": known})
    elif namespaced(waiver.object.kind) is not bool(waiver.object.namespace):
        yield Problem("waiver-namespace", waiver.id, {"kind": waiver.object.kind})


def _about_term(waiver: Waiver) -> Iterator[Problem]:
    if waiver.end < waiver.start:
        yield Problem("waiver-ends-first", waiver.id, {"start": waiver.start, "end": waiver.end})
    elif waiver.end > waiver.latest_end:
        values = {"months": waiver.months, "level": waiver.level, "latest": waiver.latest_end}
        yield Problem("waiver-too-long", waiver.id, values)


def _overlaps(waivers: Sequence[Waiver]) -> Iterator[Problem]:
    about: dict[tuple[str, str], list[Waiver]] = {}
    for waiver in waivers:
        about.setdefault((waiver.rule, str(waiver.object)), []).append(waiver)
    for same in about.values():
        for first, second in combinations(same, 2):
            if first.meets(second):
                yield Problem("waiver-overlap", second.id, {"other": first.id})


def waivable(rule: Rule) -> tuple[str, ...]:
    """Give the kinds of object that a waiver of a rule may name: those it judges.

    Where it judges Pods, what makes the Pods may be named too.
    """
    judged = dict.fromkeys(_short(kind) for kind in rule.kinds)
    makers = (_short(name) for name, kind in kinds().kinds.items() if kind.pod)
    return tuple(judged | dict.fromkeys(makers)) if POD in judged else tuple(judged)


@cache
def host_rules() -> frozenset[str]:
    """Give the ids of the rules about hosts: their folders hold a `host.py`."""
    return frozenset(path.parent.name for path in RULES.glob("*/host.py"))


def known_rules() -> frozenset[str]:
    return host_rules() | _rules().keys()


def _rules() -> Mapping[str, Rule]:
    return {rule.id: rule for rule in load_rules()}


def _short(kind: str) -> str:
    group, version, name = split(kind)
    return group_and_name(f"{group}/{version}", name)
