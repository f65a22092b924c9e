"""A rule: what must hold, for which kinds, how strictly at each level, and what to do about it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Self, TypeVar

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from policies.kind import kinds
from policies.scope import LEVELS
from policies.text import Closed, Text
from policies.yaml_file import HERE, read
from stacks.problem import Problem, ProblemError

RULES = HERE / "rules"
RANGE = r"^[1-5](-[1-5])?$"
VARIABLE = r"^[a-z][a-z0-9_]*$"
RESERVED = frozenset({"level", "platform_namespaces"})
# Filled by the API server when an object is made: at plan time only the whole plan can tell it.
KNOWN_LATE = "creationTimestamp"

T = TypeVar("T")


class Action(StrEnum):
    OFF = "off"
    WARN = "warn"
    DENY = "deny"


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


def span(levels: str) -> range:
    """Give the levels of `3-5` or `4`."""
    first, _, last = levels.partition("-")
    return range(int(first), int(last or first) + 1)


def _spelled(given: object) -> object:
    """Read `4: off` as it is meant: YAML takes the key for a number and the word for false."""
    if not isinstance(given, dict):
        return given
    return {str(key): "off" if value is False else value for key, value in given.items()}


def _each_level_once(given: dict[str, T]) -> dict[str, T]:
    covered = sorted(level for levels in given for level in span(levels))
    if covered != list(LEVELS):
        raise ValueError(f"levels must cover 1 to 5, each once; they cover {covered}")
    return given


def _listed(given: object) -> object:
    return [given] if isinstance(given, str) else given


LevelSpan = Annotated[str, Field(pattern=RANGE)]
Parameter = bool | int | str | tuple[str, ...]
Actions = Annotated[
    dict[LevelSpan, Action], BeforeValidator(_spelled), AfterValidator(_each_level_once)
]


class ByLevel(Closed):
    """A parameter that grows with the level."""

    by_level: Annotated[
        dict[LevelSpan, Parameter], BeforeValidator(_spelled), AfterValidator(_each_level_once)
    ]


class Transition(Closed):
    """What a new rule gives old namespaces: a warning until a date.

    Attributes:
        since: Namespaces made before this day have time.
        deny_from: From this day on the rule does to them what its levels say.
    """

    since: date
    deny_from: date


class Profile(StrEnum):
    PSS_BASELINE = "pss-baseline"
    PSS_RESTRICTED = "pss-restricted"


class Rule(Closed):
    """One rule, as `rules/<id>/rule.yaml` says it.

    Attributes:
        matches: Kinds (`apps/v1/Deployment`) or families of kinds (`pod-spec`).
        levels: What happens when the rule is broken, by level of the system.
        parameters: Numbers and lists, read in CEL as `variables.<name>`.
        variables: CEL that the expression may use as `variables.<name>`.
        context: A kind; the rule is judged against each object of it in the object's namespace
            (CEL: `params`), and is broken where there is none.
        among: Kinds; the rule sees all objects of them in the object's namespace, of kinds outside
            namespaces all there are (CEL: `others`). Admission cannot see them: it does not ask.
        profiles: Profiles of others that the rule belongs to, such as `pss-baseline`.
        transition: From when the rule holds; what is older has time until it refuses.
        expression: CEL; true when all is well.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=63)
    title: Text
    controls: tuple[Annotated[str, Field(pattern=r"^[A-Z0-9]+/[A-Z0-9-]+$")], ...] = Field(
        min_length=1
    )
    severity: Severity
    matches: Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]
    levels: Actions
    parameters: dict[Annotated[str, Field(pattern=VARIABLE)], Parameter | ByLevel] = Field(
        default_factory=dict
    )
    variables: dict[Annotated[str, Field(pattern=VARIABLE)], str] = Field(default_factory=dict)
    context: str | None = None
    among: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    profiles: tuple[Profile, ...] = ()
    transition: Transition | None = None
    expression: str
    message: Text
    remedy: Text

    @model_validator(mode="after")
    def _names_are_known_and_new(self) -> Self:
        known = kinds()
        if self.context and self.among:
            raise ValueError(f"{self.id}: context and among exclude each other")
        named = (*known.members(self.matches), *self.among)
        strange = [name for name in named if name not in known.kinds]
        if strange:
            raise ValueError(f"{self.id}: kinds.yaml does not know {strange}")
        taken = RESERVED | known.variables(self.matches).keys()
        twice = sorted((taken | self.parameters.keys()) & self.variables.keys())
        twice += sorted(taken & self.parameters.keys())
        if twice:
            raise ValueError(f"{self.id}: the variables {twice} are defined twice")
        return self

    def action(self, level: int) -> Action:
        return self._actions[level]

    @cached_property
    def _actions(self) -> dict[int, Action]:
        return {level: act for levels, act in self.levels.items() for level in span(levels)}

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        return kinds().members(self.matches)

    @property
    def depends_on_level(self) -> bool:
        """Say whether two systems of different level may be treated differently."""
        grown = any(isinstance(value, ByLevel) for value in self.parameters.values())
        return grown or len(set(self.levels.values())) > 1

    @property
    def needs_whole_plan(self) -> bool:
        """Say whether one resource alone is not enough at plan time."""
        text = " ".join((*self.variables.values(), self.expression))
        return self.context is not None or bool(self.among) or KNOWN_LATE in text

    @property
    def asked_at_admission(self) -> bool:
        """Say whether the API server can judge it: it sees one object, of kinds that it serves."""
        served = kinds().kinds
        return not self.among and any(served[name].resources for name in self.kinds)


@cache
def load_rules() -> tuple[Rule, ...]:
    """Read every rule in CEL under `rules/`, in the order of their ids.

    A rule whose folder holds a `host.py` is about hosts and not read here.

    Raises:
        ProblemError: A file is malformed, a folder bears another name, or there is no rule.
    """
    found = sorted(RULES.glob("*/rule.yaml"))
    rules = tuple(load(path) for path in found if not (path.parent / "host.py").exists())
    if not rules:
        raise ProblemError(Problem("policy-no-rules", "policies/rules"))
    return rules


def load(path: Path) -> Rule:
    """Read one rule; its folder bears its id.

    Raises:
        ProblemError: The file does not say a rule.
    """
    try:
        rule = Rule.model_validate(read(path))
    except ValidationError as error:
        raise ProblemError(_bad(path, reasons(error))) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProblemError(_bad(path, f"not YAML: {error}")) from None
    if rule.id != path.parent.name:
        raise ProblemError(_bad(path, f"id {rule.id} != {path.parent.name}/"))
    return rule


def reasons(error: ValidationError) -> str:
    """Say what is wrong in one line; the value itself is not repeated."""
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or '-'}: {each['msg']}" for each in error.errors()
    )


def _bad(path: Path, reason: str) -> Problem:
    return Problem("policy-bad-rule", f"{path.parent.name}/{path.name}", {"reason": reason})
