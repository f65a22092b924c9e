"""The host gate: reads Linux hosts over SSH, many at a time, and judges them by the host rules.

Each host is asked once, by a shell script that changes nothing and needs no Python there; the
rules judge what came back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from policies import words
from policies.finding import Finding, Gate, Target, Verdict
from policies.gates.hosts.answer import Answer, absent, printable, unseen
from policies.gates.hosts.host import Host, NotHereError, UnreadableError
from policies.gates.hosts.inventory import Entry, load
from policies.gates.hosts.ssh import SECONDS_IN_ALL, gather
from policies.host_rule import HostRule, check_of, facts_for, load_host_rules
from policies.rule import Action
from policies.scope import scope
from stacks.remote import UnreachableError

REACHABLE = "host-reachable"
JOBS = 10


@dataclass(frozen=True)
class HostReport:
    """What a run over an inventory found.

    Attributes:
        hosts: How many hosts the inventory names.
        unreachable: Names of those that could not be looked at; the caller exits 3 for them.
    """

    findings: tuple[Finding, ...]
    hosts: int
    unreachable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """What all hosts of one run share."""

    rules: tuple[HostRule, ...]
    level: int | None = None
    ssh_config: Path | None = None
    seconds: float = SECONDS_IN_ALL
    day: date | None = None


def check(  # noqa: PLR0913 - what a person may say on the command line
    inventory: Path,
    *,
    rules: Sequence[HostRule] | None = None,
    level: int | None = None,
    ssh_config: Path | None = None,
    jobs: int = JOBS,
    day: date | None = None,
    seconds: float = SECONDS_IN_ALL,
) -> HostReport:
    """Judge every host of an Ansible inventory.

    A given `level` is asked for whatever the inventory says; else `sen_level` of each host, and
    where nobody says one, the strictest.

    Raises:
        ProblemError: The inventory or a rule cannot be read, or this machine has no ssh.
    """
    entries = load(inventory)
    run = Run(tuple(load_host_rules() if rules is None else rules), level, ssh_config, seconds, day)
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        found = list(pool.map(partial(_look_at, run), entries))
    lost = (entry.name for entry, (_, reached) in zip(entries, found, strict=True) if not reached)
    return HostReport(
        findings=tuple(each for findings, _ in found for each in findings),
        hosts=len(entries),
        unreachable=tuple(lost),
    )


def _look_at(run: Run, entry: Entry) -> tuple[tuple[Finding, ...], bool]:
    at = level_of(entry, run.level)
    try:
        readings = gather(entry, facts_for(run.rules), run.ssh_config, run.seconds)
    except UnreachableError as error:
        return (_unreachable(entry, at, error),), False
    host = Host(readings, entry.declared, run.day or datetime.now(UTC).date())
    return tuple(judge(run.rules, host, target(entry), at)), True


def level_of(entry: Entry, asked: int | None = None) -> int:
    return asked or entry.declared.level or scope().unknown_level


def target(entry: Entry) -> Target:
    declared = entry.declared
    return Target("host", entry.name, agency=declared.agency, system=declared.system)


def judge(
    rules: Iterable[HostRule], host: Host, looked_at: Target, level: int
) -> Iterable[Finding]:
    """Judge a host that was read by each of the rules."""
    now = datetime.now(UTC)
    for rule in rules:
        given = answer(rule, host, level)
        yield Finding(
            rule=rule.id,
            controls=rule.controls,
            target=looked_at,
            verdict=given.verdict,
            action=rule.action(level),
            message=rule.message,
            remedy=rule.remedy,
            gate=Gate.HOST,
            seen_at=now,
            level=level,
            evidence=given.evidence,
        )


def answer(rule: HostRule, host: Host, level: int) -> Answer:
    """Ask one rule; what it cannot read is never taken for good."""
    if rule.action(level) is Action.OFF:
        return absent(f"not asked at level {level}")
    seen = {"os", *rule.reads}
    known = {name: each for name, each in host.readings.facts.items() if name in seen}
    narrowed = replace(host, readings=replace(host.readings, facts=known))
    try:
        return check_of(rule.file)(narrowed, rule.parameters_at(level))
    except UnreadableError as error:
        return unseen(str(error))
    except NotHereError as error:
        return absent(str(error))
    except Exception as error:  # noqa: BLE001 - one odd host must not end the run over all others
        return unseen(f"what the host said was not understood ({type(error).__name__})")


def _unreachable(entry: Entry, level: int, error: UnreachableError) -> Finding:
    rule = next(each for each in load_host_rules() if each.id == REACHABLE)
    return Finding(
        rule=rule.id,
        controls=rule.controls,
        target=target(entry),
        verdict=Verdict.NOT_ASSESSED,
        action=rule.action(level),
        message=words.message(error.key),
        remedy=words.remedy(error.key),
        gate=Gate.HOST,
        seen_at=datetime.now(UTC),
        level=level,
        evidence=printable(f"unreachable: {error.detail}"),
    )
