"""Renders charts for the gates with the pinned helm."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from policies.gates.chart import Helm, rendered
from policies.gates.manifest import documents
from policies.gates.objects import Thing, objects_in
from policies.gates.saved_plan import concealed
from sen.tools.catalogue import catalogue
from sen.tools.lookup import find
from stacks.problem import ProblemError


@cache
def helm() -> Helm:
    """Give the pinned helm, which tells charts the platform's version of Kubernetes.

    Raises:
        MissingPartError: It was not built.
    """
    known = catalogue()
    family = known.family_of("kube-apiserver")
    version = {"kubernetes": family.version} if family else {}
    return Helm(find("helm").path, **version)


def release(inputs: Mapping[str, Any], folder: Path) -> Sequence[Thing] | None:
    """Give the objects of a Helm release of a plan; None where its chart is not on this machine."""
    named, values = inputs.get("chart"), inputs.get("values")
    chart = folder / named if isinstance(named, str) else None
    if chart is None or inputs.get("repositoryOpts") or not (chart / "Chart.yaml").is_file():
        return None
    if not isinstance(values, dict | None):
        return None
    try:
        return _objects(chart, inputs, values or {})
    except ProblemError:
        return None


def _objects(chart: Path, inputs: Mapping[str, Any], values: Mapping[str, Any]) -> Sequence[Thing]:
    namespace, name = (_word(inputs.get(each)) for each in ("namespace", "name"))
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        yaml.safe_dump(concealed(dict(values)), file, allow_unicode=True)
        file.flush()
        text = rendered(
            chart, helm(), (Path(file.name),), release=name or "release", namespace=namespace
        )
    things = [each for one in documents(str(chart), text) for each in objects_in(one)]
    return [_placed(each, namespace) for each in things]


def _placed(thing: Thing, namespace: str) -> Thing:
    """Put an object where helm would install it."""
    metadata = thing.get("metadata")
    if not namespace or not isinstance(metadata, dict) or metadata.get("namespace"):
        return thing
    return {**thing, "metadata": {**metadata, "namespace": namespace}}


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
