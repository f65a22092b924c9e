"""Samples of host rules: what commands said on a host, and what the rule must answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import Field, ValidationError

from policies.finding import Verdict
from policies.gates.hosts.declared import Declared
from policies.gates.hosts.fact import Reading, Readings
from policies.gates.hosts.host import Host
from policies.host_rule import HostRule
from policies.rule import reasons
from policies.text import Closed
from policies.yaml_file import read
from stacks.problem import Problem, ProblemError

OS = "ID=debian\nVERSION_ID=12"
UNREADABLE = Reading(missing="root")


class Recorded(Closed):
    """One sample.

    Attributes:
        facts: What was read, by fact; null: it could not be read.
        declared: What the inventory says, without the prefix `sen_`.
    """

    facts: dict[str, str | None] = Field(default_factory=dict)
    declared: dict[str, Any] | None = None
    level: int = Field(default=5, ge=1, le=5)
    day: date | None = None
    container: str = "none"
    root: bool = True
    verdict: Verdict | None = None


class Listed(Closed):
    """What `samples.yaml` holds: samples by name, and what they have in common."""

    facts: dict[str, str | None] = Field(default_factory=dict)
    declared: dict[str, Any] = Field(default_factory=dict)
    day: date = date(2026, 11, 22)
    good: dict[str, Recorded] = Field(alias="pass")
    bad: dict[str, Recorded] = Field(alias="fail", default_factory=dict)
    other: dict[str, Recorded] = Field(default_factory=dict)


@dataclass(frozen=True)
class HostSample:
    """One host as it was recorded, and the verdict that the rule must give."""

    rule: HostRule
    name: str
    verdict: Verdict
    host: Host
    level: int


def samples_of(rule: HostRule) -> tuple[HostSample, ...]:
    """Read the samples beside a host rule.

    Raises:
        ProblemError: The file says no samples.
    """
    path = rule.file.with_name("samples.yaml")
    try:
        listed = Listed.model_validate(read(path))
    except ValidationError as error:
        where = f"{rule.id}/{path.name}"
        raise ProblemError(
            Problem("policy-bad-sample", where, {"reason": reasons(error)})
        ) from None
    return tuple(_samples(rule, listed))


def _samples(rule: HostRule, listed: Listed) -> Iterator[HostSample]:
    groups: tuple[tuple[str, Mapping[str, Recorded], Verdict], ...] = (
        ("pass", listed.good, Verdict.PASS),
        ("fail", listed.bad, Verdict.FAIL),
        ("other", listed.other, Verdict.NOT_ASSESSED),
    )
    for prefix, group, verdict in groups:
        for name, each in group.items():
            host = _host(listed, each)
            yield HostSample(rule, f"{prefix}-{name}", each.verdict or verdict, host, each.level)


def _host(listed: Listed, each: Recorded) -> Host:
    facts = {"os": OS, **listed.facts, **each.facts}
    declared = listed.declared if each.declared is None else each.declared
    readings = Readings(
        {name: UNREADABLE if text is None else Reading(text) for name, text in facts.items()},
        each.container,
        each.root,
    )
    return Host(readings, Declared.model_validate(declared), each.day or listed.day)
