"""The plan gate on paper: `pulumi preview --json`, or `pulumi stack export`, read from a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from policies import words
from policies.finding import Finding, Gate, Place, Target, Verdict
from policies.gates.choice import Choice
from policies.gates.crew import judged
from policies.gates.look import Look
from policies.gates.manifest import Document
from policies.gates.objects import Thing, of_json
from policies.gates.plan import RELEASE, objects_of, opaque
from policies.gates.unit import Unit
from policies.partial import UNKNOWN
from policies.rule import Action
from policies.scope import scope
from stacks.problem import Problem, ProblemError

# What Pulumi writes for a value that is known after the update, and for one that is secret.
COMPUTED = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = "[secret]"  # noqa: S105 - a placeholder, no password
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_GONE = frozenset(
    ("delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace")
)
_STATES = frozenset((3, 4))
_ENGINE = re.compile(r"v?3\.")

Render = Callable[[Mapping[str, Any]], Sequence[Thing] | None]


@dataclass(frozen=True)
class Resource:
    """One resource of a plan; its number is its place in the file."""

    number: int
    type: str
    name: str
    inputs: Mapping[str, Any]


def check(file: str, text: str, choice: Choice, render: Render, *, jobs: int = 0) -> Look:
    """Judge every Kubernetes object of a saved plan.

    `render` gives the objects of a Helm release, or None where its chart cannot be had.
    """
    units: list[Unit] = []
    hidden: list[Finding] = []
    others = 0
    for each in resources(file, text):
        things = _things(each, render)
        document = Document(file, each.number, "")
        if things is None:
            hidden.append(_not_seen(each, Place(file, each.number), choice.at))
        elif things:
            units.append(Unit(document, tuple(things)))
        else:
            others += 1
    look = judged(tuple(units), choice, Gate.PLAN, jobs=jobs)
    look.others["pulumi"] += others
    return replace(look, apart=tuple(hidden))


def resources(file: str, text: str) -> list[Resource]:
    """Read the resources of a preview or of a state.

    Raises:
        ProblemError: It is neither, or of a Pulumi that this one does not understand.
    """
    read = [value for _, value in of_json(file, text)]
    whole = read[0] if len(read) == 1 and isinstance(read[0], dict) else {}
    if isinstance(whole.get("deployment"), dict):
        found = list(_of_state(file, whole))
    elif "changeSummary" in whole or isinstance(whole.get("steps"), list):
        found = list(_of_preview(file, whole))
    else:
        raise ProblemError(Problem("check-plan-kind", file))
    return list({(each.type, each.name): each for each in found}.values())


def revealed(value: Any) -> Any:  # noqa: ANN401 - a plan holds anything
    """Mark what is not known or secret; no rule may guess it."""
    if isinstance(value, str):
        return UNKNOWN if COMPUTED in value or value == SECRET else value
    if isinstance(value, list):
        return [revealed(each) for each in value]
    if isinstance(value, dict):
        if _SIGNATURE not in value:
            return {key: revealed(each) for key, each in value.items()}
        return revealed(value.get("value", SECRET)) if value[_SIGNATURE] == _OUTPUT else UNKNOWN
    return value


def concealed(value: Any) -> Any:  # noqa: ANN401 - likewise
    """Write unknown values as Pulumi does, for a renderer that takes text."""
    if isinstance(value, bytes):
        return COMPUTED
    if isinstance(value, list):
        return [concealed(each) for each in value]
    if isinstance(value, dict):
        return {key: concealed(each) for key, each in value.items()}
    return value


def _of_preview(file: str, whole: Mapping[str, Any]) -> Iterator[Resource]:
    for number, step in enumerate(whole.get("steps") or ()):
        if not isinstance(step, dict) or not isinstance(step.get("op"), str):
            raise ProblemError(Problem("check-plan-kind", file))
        state = step.get("newState")
        if step["op"] not in _GONE and isinstance(state, dict):
            yield _resource(file, number, state)


def _of_state(file: str, whole: Mapping[str, Any]) -> Iterator[Resource]:
    manifest = whole["deployment"].get("manifest")
    engine = str(manifest.get("version", "")) if isinstance(manifest, dict) else ""
    if whole.get("version") not in _STATES or (engine and not _ENGINE.match(engine)):
        values = {"version": f"{whole.get('version')} ({engine or '?'})"}
        raise ProblemError(Problem("check-plan-version", file, values))
    for number, state in enumerate(whole["deployment"].get("resources") or ()):
        if not isinstance(state, dict):
            raise ProblemError(Problem("check-plan-kind", file))
        if not state.get("delete"):
            yield _resource(file, number, state)


def _resource(file: str, number: int, state: Mapping[str, Any]) -> Resource:
    kind, urn, inputs = state.get("type"), state.get("urn"), state.get("inputs") or {}
    if not (isinstance(kind, str) and isinstance(urn, str) and isinstance(inputs, dict)):
        raise ProblemError(Problem("check-plan-kind", file))
    return Resource(number, kind, urn, inputs)


def _things(resource: Resource, render: Render) -> Sequence[Thing] | None:
    inputs = revealed(resource.inputs)
    if resource.type == RELEASE:
        made = render(inputs)
        return None if made is None else [revealed(each) for each in made]
    if opaque(resource.type):
        return None
    return [revealed(each) for each in objects_of(resource.type, concealed(inputs))]


def _not_seen(resource: Resource, place: Place, at: datetime) -> Finding:
    """Say that a resource hides its objects: silence would read as a pass."""
    return Finding(
        rule="plan-shows-objects",
        controls=(),
        target=Target(resource.type.rpartition(":")[2], resource.name.rpartition("::")[2]),
        verdict=Verdict.NOT_ASSESSED,
        action=Action.WARN,
        message=words.message("policy-opaque"),
        remedy=words.remedy("policy-opaque"),
        gate=Gate.PLAN,
        seen_at=at,
        level=scope().unknown_level,
        place=place,
    )
