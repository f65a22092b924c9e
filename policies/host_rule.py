"""A rule about hosts: the same words as other rules, and a function that judges what was read."""

from __future__ import annotations

import json
import runpy
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import yaml
from pydantic import Field, ValidationError

from policies.rule import (
    RULES,
    VARIABLE,
    Action,
    Actions,
    ByLevel,
    Parameter,
    Severity,
    reasons,
    span,
)
from policies.text import Closed, Text
from policies.yaml_file import read
from stacks.problem import Problem, ProblemError

if TYPE_CHECKING:
    from policies.gates.hosts.answer import Answer
    from policies.gates.hosts.host import Host

    Check = Callable[[Host, Mapping[str, Parameter]], Answer]


class HostRule(Closed):
    """One rule about hosts, as `rules/<id>/rule.yaml` says it; `host.py` beside it judges.

    Attributes:
        family: What the rule is about: `sshd`, `accounts`, `logging`, ...
        reads: The facts that the check needs, by their names in `gates/hosts/facts.yaml`.
        levels: What happens when the rule is broken, by level of the host's system.
        parameters: Numbers and lists that the check is given, some by level.
    """

    id: str = Field(pattern=r"^host-[a-z0-9]+(-[a-z0-9]+)*$", max_length=63)
    title: Text
    controls: tuple[Annotated[str, Field(pattern=r"^[A-Z0-9]+/[A-Z0-9-]+$")], ...] = Field(
        min_length=1
    )
    severity: Severity
    matches: Literal["host"]
    family: str = Field(pattern=VARIABLE)
    reads: tuple[str, ...]
    levels: Actions
    parameters: dict[Annotated[str, Field(pattern=VARIABLE)], Parameter | ByLevel] = Field(
        default_factory=dict
    )
    message: Text
    remedy: Text

    def action(self, level: int) -> Action:
        return self._actions[level]

    @cached_property
    def _actions(self) -> dict[int, Action]:
        return {level: act for levels, act in self.levels.items() for level in span(levels)}

    def parameters_at(self, level: int) -> dict[str, Parameter]:
        """Give each parameter's value at a level."""
        return {name: _at(value, level) for name, value in self.parameters.items()}

    @property
    def file(self) -> Path:
        """Give the file with the rule's check."""
        return RULES / self.id / "host.py"


def _at(value: Parameter | ByLevel, level: int) -> Parameter:
    if not isinstance(value, ByLevel):
        return value
    return next(each for levels, each in value.by_level.items() if level in span(levels))


@cache
def load_host_rules() -> tuple[HostRule, ...]:
    """Read every rule about hosts under `rules/`, in the order of their ids.

    Raises:
        ProblemError: A file is malformed, a folder bears another name, or there is no rule.
    """
    rules = tuple(load(path.with_name("rule.yaml")) for path in sorted(RULES.glob("*/host.py")))
    if not rules:
        raise ProblemError(Problem("policy-no-rules", "policies/rules"))
    return rules


def load(path: Path) -> HostRule:
    """Read one rule about hosts; its folder bears its id.

    Raises:
        ProblemError: The file does not say a rule.
    """
    try:
        rule = HostRule.model_validate(read(path))
    except ValidationError as error:
        raise ProblemError(_bad(path, reasons(error))) from None
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProblemError(_bad(path, f"not YAML: {error}")) from None
    if rule.id != path.parent.name:
        raise ProblemError(_bad(path, f"id {rule.id} != {path.parent.name}/"))
    return rule


def _bad(path: Path, reason: str) -> Problem:
    return Problem("policy-bad-rule", f"{path.parent.name}/{path.name}", {"reason": reason})


@cache
def check_of(file: Path) -> Check:
    """Load the function `check(host, parameters)` of a `host.py`.

    Raises:
        ProblemError: The file has no such function.
    """
    found = runpy.run_path(str(file)).get("check")
    if not callable(found):
        raise ProblemError(_bad(file, "no function check(host, parameters)"))
    check: Check = found
    return check


def facts_for(rules: Sequence[HostRule]) -> frozenset[str]:
    """Give the facts that these rules need; what system it is, always."""
    return frozenset({"os", *(name for rule in rules for name in rule.reads)})


def schema() -> str:
    """Give the schema of a host rule for editors, as it stands in `host-rule.schema.json`."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **HostRule.model_json_schema(),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
