"""The catalogue: which instrument asks what of a system, at which level, on which day.

Clause ids rest on a public self-assessment list: `caveat()` says so, and so must every output.
"""

from __future__ import annotations

import difflib

from policies.catalogue.crosswalk import equivalents, mapping, measures, plan_parts, succession
from policies.catalogue.demand import (
    Asked,
    Setting,
    Standing,
    Strictest,
    asked,
    settings,
    shelf_life,
    strictest,
)
from policies.catalogue.instrument import Instrument, RegimeName, caveat, instruments
from policies.catalogue.parameter import Parameter, ParameterKind, Strength, parameters
from policies.catalogue.regime import Regime, regime_on
from policies.catalogue.selection import all_controls, binding
from policies.control import OLD_STANDARD, STANDARD, Automation, Control
from stacks.problem import Problem, ProblemError

__all__ = [
    "Asked",
    "Automation",
    "Control",
    "Instrument",
    "Parameter",
    "ParameterKind",
    "Regime",
    "RegimeName",
    "Setting",
    "Standing",
    "Strength",
    "Strictest",
    "all_controls",
    "asked",
    "automation",
    "binding",
    "caveat",
    "control",
    "equivalents",
    "instruments",
    "mapping",
    "measures",
    "parameters",
    "plan_parts",
    "regime_on",
    "settings",
    "shelf_life",
    "strictest",
    "succession",
]

CLOSEST = 3


def control(name: str) -> Control:
    """Give a control by its id, in any spelling: `TCVN14423/NW-07`, `nw-07`, `D331-CL-1`.

    Raises:
        ProblemError: There is no such control; the problem names the closest.
    """
    known = all_controls()
    wanted = name.strip().upper()
    spellings = (
        wanted,
        f"{STANDARD}/{wanted}",
        f"{OLD_STANDARD}/{wanted}",
        wanted.replace("-", "/", 1),
    )
    found = next((known[each] for each in spellings if each in known), None)
    if found is None:
        raise ProblemError(
            Problem("catalogue-unknown-control", name, {"close": _closest(wanted, known)})
        )
    return found


def automation(control_id: str) -> Automation:
    """Say who can show that a control is kept: the platform, partly, or people."""
    return control(control_id).automation


def _closest(wanted: str, known: dict[str, Control]) -> str:
    short = {each.partition("/")[2]: each for each in known}
    names = {**short, **{each: each for each in known}}
    close = difflib.get_close_matches(wanted, names, n=CLOSEST, cutoff=0.4)
    return ", ".join(dict.fromkeys(names[each] for each in close)) or "TCVN14423/AC-01"
