"""`sen migrate status`: how a wave stands, system by system; without an order, all waves."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from playbooks.migration.cutover import Journey
from playbooks.migration.order import SystemOrder
from playbooks.migration.steps import Gate
from sen.cli.migrate_move import KubeconfigOption, NameOption, opened
from sen.cli.migrate_preview import why
from sen.cli.output import Output, OutputOption, show
from sen.local.platform import Platform
from sen.migration.objects import Waves
from sen.migration.running import said_of
from sen.migration.wave import Wave
from stacks.problem import ProblemError

OrderArgument = Annotated[
    Path | None, typer.Argument(help="File with the order of a wave; else all waves are listed.")
]


def status(
    order: OrderArgument = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Say of each system which side serves, what was rehearsed, what the gates say now.

    Example: sen migrate status wave-1.yaml
    """
    if order is None:
        platform = Platform.existing(name)
        found, now = Waves(platform.kubeconfig, platform.context).dated()
        show([_wave(each, now) for each in found], output)
        return
    wave = opened(order, kubeconfig, name)
    said = _said(wave)
    rows = [_system(wave, each, journey) for each, journey in wave.journeys()]
    if output is not Output.TABLE:
        rows = [{**each, "runs": said} for each in rows]
    show(rows, output, title=said or None)


def _system(wave: Wave, system: SystemOrder, journey: Journey) -> dict[str, object]:
    expected = wave.prediction(system)
    return {
        "system": system.system,
        "serves": _side(journey),
        "downtime_s": f"{expected[0]:.1f} to {expected[1]:.1f}" if expected else "?",
        "gates": "; ".join(filter(None, map(_closed, journey.gates))) or "open",
    }


def _said(wave: Wave) -> str:
    """Say which command runs the wave; a platform that does not know waves knows none."""
    with contextlib.suppress(ProblemError):
        found = wave.waves.read(wave.order.wave)
        return said_of(*found) if found else ""
    return ""


def _closed(gate: Gate) -> str:
    """Say why a gate is closed; one that cannot be asked is."""
    said = why(gate)
    return f"{gate.called}: {said}" if said else ""


def _side(journey: Journey) -> str:
    try:
        return str(journey.endpoint.side())
    except ProblemError as error:
        return str(error)


def _wave(thing: dict[str, Any], now: dt.datetime) -> dict[str, object]:
    spec, said = thing["spec"], thing.get("status") or {}
    holds = [each["type"] for each in said.get("conditions") or () if each["status"] == "True"]
    return {
        "wave": thing["metadata"]["name"],
        "plan": spec["plan"],
        "window": spec["window"],
        "starts": spec["starts"],
        "phase": said.get("phase", "Planned"),
        "moved": said.get("moved", 0),
        "systems": len(spec["systems"]),
        "conditions": ", ".join(holds),
        "runs": said_of(thing, now),
    }
