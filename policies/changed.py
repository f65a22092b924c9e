"""An object with values set at paths: what a sample says instead of repeating the whole object."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

_STEP = re.compile(r"""\.?(?P<key>[A-Za-z0-9_-]+)|\["(?P<quoted>[^"]+)"\]|\[(?P<index>[0-9]+)\]""")

Step = str | int


def changed(thing: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Copy an object and set values; None takes away, the index after the last one adds.

    Raises:
        ValueError: A path is malformed, or leads through something else.
    """
    made = copy.deepcopy(dict(thing))
    for path, value in values.items():
        *way, last = steps(path)
        place: Any = made
        for step in way:
            place = _down(place, step, path)
        _put(place, last, value, path)
    return made


def steps(path: str) -> tuple[Step, ...]:
    """Read a path: `spec.containers[0].image`, `metadata.labels["sen.gov.vn/level"]`."""
    found: list[Step] = []
    at = 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            raise ValueError(f"malformed path: {path}")
        found.append(int(step["index"]) if step["index"] else step["key"] or step["quoted"])
        at = step.end()
    if not found:
        raise ValueError("empty path")
    return tuple(found)


def _down(place: Any, step: Step, path: str) -> Any:  # noqa: ANN401 - any part of an object
    if isinstance(place, dict) and isinstance(step, str):
        return place.setdefault(step, {})
    if isinstance(place, list) and isinstance(step, int) and step < len(place):
        return place[step]
    raise ValueError(f"{path}: nothing at {step}")


def _put(place: Any, step: Step, value: object, path: str) -> None:  # noqa: ANN401 - likewise
    if isinstance(place, dict) and isinstance(step, str):
        if value is None:
            place.pop(step, None)
        else:
            place[step] = copy.deepcopy(value)
    elif isinstance(place, list) and isinstance(step, int) and step <= len(place):
        place[step : step + 1] = [] if value is None else [copy.deepcopy(value)]
    else:
        raise ValueError(f"{path}: nothing at {step}")
