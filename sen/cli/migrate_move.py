"""`sen migrate`: rehearse, fill, cut over, verify, roll back, finish, release."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from playbooks.migration.cutover import Journey
from playbooks.migration.cutover.release import release as released
from playbooks.migration.steps import Outcome
from playbooks.migration.steps.pace import MIB
from sen.cli.migrate_preview import preview
from sen.cli.output import Output, OutputOption, show
from sen.local.platform import Platform
from sen.migration import archive as kept
from sen.migration.wave import Wave, tell
from sen.tenancy.asking import Door
from stacks.problem import Problem, ProblemError

OrderArgument = Annotated[Path, typer.Argument(help="File with the order of a wave.")]
SystemOption = Annotated[str | None, typer.Option(help="Only this system of the wave.")]
NameOption = Annotated[str, typer.Option("--name", help="Which platform on this machine.")]
MostOption = Annotated[
    float | None,
    typer.Option("--most-mib", min=0.01, max=1e6, help="MiB a second at most; else no limit."),
]
CheckOption = Annotated[
    bool, typer.Option("--check", help="Only show gates and steps; exit 1 where a gate is closed.")
]
ArchiveOption = Annotated[
    Path | None, typer.Option(help="Folder for the archive of the wave; else beside the order.")
]
LockedOption = Annotated[
    bool,
    typer.Option("--locked", help="Put it into the bucket of evidence too; nobody deletes it."),
]
CheckArchiveOption = Annotated[
    Path | None, typer.Option("--check", help="Do nothing: check this archive of a wave.")
]
KubeconfigOption = Annotated[
    Path | None, typer.Option(help="Yours; the platform administrator's where it is not given.")
]


def rehearse(
    order: OrderArgument,
    system: SystemOption = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Go the whole way on copies that are thrown away, and predict the downtime.

    Example: sen migrate rehearse wave-1.yaml --system so-tu-phap
    """
    wave = opened(order, kubeconfig, name)
    rows = []
    with wave.running("rehearse"):
        for each in wave.systems(system):
            waited = wave.rehearse(each)
            least, most = wave.prediction(each) or (waited, waited)
            rows.append(
                {
                    "system": each.system,
                    "downtime_s": round(waited, 1),
                    "expect_s": f"{least:.1f} to {most:.1f}",
                }
            )
            wave.show_status()
    show(rows, output)


def fill(
    order: OrderArgument,
    *,
    system: SystemOption = None,
    most_mib: MostOption = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Bring everything over while the old systems are in use; killed, it goes on where it was.

    Example: sen migrate fill wave-1.yaml --most-mib 20
    """
    limit = most_mib * MIB if most_mib else None
    wave = opened(order, kubeconfig, name)
    _each(wave, "fill", system, output, lambda journey: journey.fill(limit))


def cut_over(
    order: OrderArgument,
    *,
    system: SystemOption = None,
    check: CheckOption = False,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Switch behind gates; what fails before people are let in is taken back by itself.

    Example: sen migrate cutover wave-1.yaml
    """
    wave = opened(order, kubeconfig, name)
    if not check:
        _each(wave, "cutover", system, output, Journey.cut_over)
        return
    rows, good = preview(wave, system)
    show(rows, output)
    if not good:
        raise typer.Exit(1)


def roll_back(
    order: OrderArgument,
    system: SystemOption = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Return to the old systems with all that was written on the new ones.

    Example: sen migrate rollback wave-1.yaml --system so-tu-phap
    """
    wave = opened(order, kubeconfig, name)
    _each(wave, "rollback", system, output, Journey.roll_back)


def finish(  # noqa: PLR0913 - one option each
    order: OrderArgument,
    *,
    system: SystemOption = None,
    archive: ArchiveOption = None,
    locked: LockedOption = False,
    check: CheckArchiveOption = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """End the way back, once the days of holding are over, and keep the wave in one signed file.

    Example: sen migrate finish wave-1.yaml
    """
    if check is not None:
        number, count = kept.check(Platform.existing(name), check)
        typer.echo(f"{check}: {count} files, signed by platform {name}, record {number}")
        return
    wave = opened(order, kubeconfig, name)
    _each(wave, "finish", system, output, lambda journey: journey.finish(wave.order.hold))
    found = {key: ", ".join(each) or "-" for key, each in wave.left(system).items()}
    sys.stderr.write(f"{Problem('move-left', wave.order.wave, found).text()}\n")
    if file := kept.keep(wave, archive or order.parent):
        said = {"file": wave.deposit(file) if locked else file, "order": order}
        sys.stderr.write(f"{Problem('move-archived', wave.order.wave, said).text()}\n")


def release(
    order: OrderArgument,
    system: SystemOption = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Drop the old bytes that were kept beside converted text; only after `finish`.

    Example: sen migrate release wave-1.yaml
    """
    wave = opened(order, kubeconfig, name)
    _each(wave, "release", system, output, released)


def verify(
    order: OrderArgument,
    system: SystemOption = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Compare both ends while nobody writes; exit code 1 when something differs.

    Example: sen migrate verify wave-1.yaml --output json
    """
    wave = opened(order, kubeconfig, name)
    rows, good = [], True
    for each, journey in wave.journeys(system):
        verdict = journey.verify()
        wave.verified(each, verdict)
        good = good and verdict.good
        rows += [
            {
                "system": each.system,
                "check": check.name,
                "looked_at": check.looked_at,
                "differences": check.count,
                "where": "; ".join(found.where for found in check.differences[:3]),
            }
            for check in verdict.checks
        ]
    show(rows, output)
    if not good:
        raise typer.Exit(1)


def _each(
    wave: Wave, command: str, only: str | None, output: Output, act: Callable[[Journey], Outcome]
) -> None:
    rows: list[dict[str, object]] = []
    with wave.running(command):
        try:
            for each, journey in wave.journeys(only):
                outcome = act(dataclasses.replace(journey, told=tell))
                wave.read_text(each, journey)
                hoped = journey.expected if act is Journey.cut_over else {}
                rows += [
                    {
                        "system": each.system,
                        "step": step,
                        **({"expected": _hoped(hoped, step)} if hoped else {}),
                        "seconds": round(seconds, 2),
                    }
                    for step, seconds in outcome.seconds.items()
                ]
        except KeyboardInterrupt:
            raise ProblemError(Problem("move-interrupted", wave.order.wave)) from None
        finally:
            wave.show_status()
            if rows:
                show(rows, output)


def opened(order: Path, kubeconfig: Path | None, name: str) -> Wave:
    """Open a wave as the person whom the kubeconfig stands for."""
    platform = Platform.existing(name)
    door = Door(kubeconfig, None) if kubeconfig else Door(platform.kubeconfig, platform.context)
    return Wave.of(platform, order, door.myself())


def _hoped(expected: Mapping[str, float], step: str) -> float | None:
    """Give the seconds that a step took when it was rehearsed."""
    return round(expected[step], 2) if step in expected else None
