"""The register of waivers: which rule need not hold for which one object, honoured at every gate.

A waiver of what makes Pods covers the Pods through the chain of their controllers (`Target.owners`)
and nothing else does: no label, no pattern, no switched-off rule (docs/adr/0006).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from policies.day import today
from policies.finding import Finding, Target, Verdict
from policies.waiver_check import problems, shape_problems
from policies.waiver_record import Named, Waiver
from policies.yaml_file import HERE, read
from stacks.problem import Problem, ProblemError

__all__ = ["Named", "Register", "Waiver", "load_register", "parse", "today", "waived"]

REGISTER = HERE / "waivers.yaml"

Key = tuple[str, Named]


@dataclass(frozen=True)
class Register:
    """Waivers that keep to the rules of the register.

    Attributes:
        waivers: In the order of the file, those that have ended too.
    """

    waivers: tuple[Waiver, ...] = ()
    _by_key: dict[Key, list[Waiver]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key: dict[Key, list[Waiver]] = defaultdict(list)
        for waiver in self.waivers:
            by_key[waiver.rule, waiver.object].append(waiver)
        object.__setattr__(self, "_by_key", dict(by_key))

    def find(self, rule: str, target: Target, day: date, level: int) -> Waiver | None:
        """Give the waiver that may be used: for the object itself, or for what made it."""
        for kind, name in ((target.kind, target.name), *target.owners):
            for waiver in self._about(rule, kind, target.namespace, name):
                if waiver.holds(day, level):
                    return waiver
        return None

    def active(self, day: date) -> tuple[Waiver, ...]:
        """Give those that hold on a day."""
        return tuple(each for each in self.waivers if each.start <= day <= each.last)

    def expired(self, day: date) -> tuple[Waiver, ...]:
        """Give those that have ended before a day."""
        return tuple(each for each in self.waivers if each.last < day)

    def unused(self, findings: Iterable[Finding]) -> tuple[Waiver, ...]:
        """Give those that none of these findings used."""
        used = {each.waiver for each in findings}
        return tuple(each for each in self.waivers if each.id not in used)

    def _about(self, rule: str, kind: str, namespace: str, name: str) -> Iterable[Waiver]:
        if not self._by_key:
            return ()
        about = Named.model_construct(kind=kind, namespace=namespace, name=name)
        return self._by_key.get((rule, about), ())


def load_register(path: Path | None = None) -> Register:
    """Read the register; a file that is missing or empty holds no waiver.

    Raises:
        ProblemError: The file is no list of waivers, or some break a rule of the register.
    """
    file = path or REGISTER
    try:
        return parse(file.read_text("utf-8") if file.exists() else "", file.name)
    except (OSError, UnicodeDecodeError) as error:
        reason = {"reason": type(error).__name__}
        raise ProblemError(Problem("waiver-unreadable", file.name, reason)) from None


def parse(text: str, name: str = REGISTER.name) -> Register:
    """Read the register's text.

    Raises:
        ProblemError: Likewise.
    """
    try:
        found = read(Path(name), text)
    except yaml.YAMLError as error:
        reason = {"reason": " ".join(str(error).split())}
        raise ProblemError(Problem("waiver-unreadable", name, reason)) from None
    if found is not None and not isinstance(found, list):
        raise ProblemError(Problem("waiver-unreadable", name, {"reason": "- id: ..."}))
    waivers, wrong = _waivers(found or [], name)
    wrong += problems(waivers)
    if wrong:
        raise ProblemError(*wrong)
    return Register(tuple(waivers))


def waived(findings: Iterable[Finding], register: Register, day: date) -> tuple[Finding, ...]:
    """Let a waiver stand in for what would be refused; nothing else about a finding changes."""
    return tuple(_waived(each, register, day) for each in findings)


def _waived(finding: Finding, register: Register, day: date) -> Finding:
    if finding.verdict is not Verdict.FAIL and not finding.blocks:
        return finding
    waiver = register.find(finding.rule, finding.target, day, finding.level)
    if waiver is None:
        return finding
    return replace(finding, verdict=Verdict.WAIVED, waiver=waiver.id)


def _waivers(records: list[Any], name: str) -> tuple[list[Waiver], list[Problem]]:
    waivers: list[Waiver] = []
    wrong: list[Problem] = []
    for number, record in enumerate(records):
        known = isinstance(record, dict) and isinstance(record.get("id"), str)
        called = record["id"] if known else f"{name}[{number}]"
        try:
            waivers.append(Waiver.model_validate(record))
        except ValidationError as error:
            wrong += shape_problems(called, error)
    return waivers, wrong
