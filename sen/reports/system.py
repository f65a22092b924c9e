"""The system a report is about: its agency and its requests, one a stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sen.assessment.seen import SystemId
from stacks.models.agency import Agency, agencies
from stacks.models.facts import SystemFacts
from stacks.models.load import load_current
from stacks.models.tenant import System, TenantRequest
from stacks.problem import Problem, ProblemError


@dataclass(frozen=True)
class Subject:
    """One information system: who owns it, and the environments it has asked for."""

    agency: Agency
    requests: tuple[TenantRequest, ...]

    @property
    def system(self) -> System:
        return self.requests[0].system

    @property
    def id(self) -> SystemId:
        return SystemId(self.agency.code, self.system.slug)

    @property
    def above(self) -> Agency | None:
        return agencies().get(self.agency.parent) if self.agency.parent else None


def subjects(paths: Iterable[Path]) -> tuple[Subject, ...]:
    """Give every system that is asked for, those that ended too, in the order of their ids."""
    loaded = load_current(paths)
    found: dict[SystemId, list[TenantRequest]] = {}
    for each in (*loaded.requests, *loaded.ended):
        found.setdefault(SystemId(each.agency, each.system.slug), []).append(each)
    return tuple(
        Subject(agencies().get(name.agency), _ordered(found[name]))
        for name in sorted(found, key=str)
    )


def _ordered(requests: list[TenantRequest]) -> tuple[TenantRequest, ...]:
    """Put production first: it says what the system is."""
    order = ("production", "staging", "training")
    return tuple(sorted(requests, key=lambda each: order.index(each.stage.value)))


def subject(name: str, paths: Iterable[Path]) -> Subject:
    """Give the system that is meant: `H26/operations-centre`, its short name, or a tenant's name.

    Raises:
        ProblemError: There is none, or several agencies have one of this name.
    """
    every = subjects(paths)
    fitting = [each for each in every if name in _names(each)]
    if len(fitting) == 1:
        return fitting[0]
    key = "report-system-several" if fitting else "report-system-unknown"
    choices = ", ".join(str(each.id) for each in fitting or every)
    raise ProblemError(Problem(key, name, {"choices": choices}))


def _names(one: Subject) -> set[str]:
    return {str(one.id), one.system.slug, *(each.name for each in one.requests)}


@cache
def _typical() -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
        Path(__file__).with_name("facts.yaml").read_text("utf-8")
    )
    return found


def typical_facts(one: Subject) -> SystemFacts:
    """Give the facts that systems of this blueprint usually have; the owner has to confirm them."""
    return SystemFacts.model_validate(_typical()[one.system.blueprint.value])
