"""`sen local`: the platform on this machine."""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from sen import local
from sen.cli.output import Output, OutputOption, Rows, show
from sen.errors import MissingPartError, RefusedError
from sen.local.lifecycle import PROGRAMS, Report, silent
from sen.local.log import added_lines, last_lines
from sen.local.platform import Platform
from sen.local.status import SIMULATED_NODES, PartStatus
from sen.runs.settings import forget
from stacks.problem import Problem, ProblemError

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

NameOption = Annotated[
    str, typer.Option("--name", help="Which platform; several may stand side by side.")
]


@app.command()
def up(
    name: NameOption = "local",
    nodes: Annotated[
        int | None, typer.Option(help="Simulated nodes; 3 at first, then what it was.")
    ] = None,
    fsync: Annotated[
        bool | None,
        typer.Option(
            "--fsync/--no-fsync",
            help="Wait for the disk on every write. Without it a power cut costs the data: "
            "for throw-away platforms only.",
        ),
    ] = None,
    new_ports: Annotated[
        bool, typer.Option("--new-ports", help="Choose other ports; clients need new settings.")
    ] = False,
) -> None:
    """Bring the platform up, or what is missing of it.

    Example: sen local up --nodes 5
    """
    platform = Platform(name)
    try:
        with _progress() as report:
            local.up(platform, nodes, fsync=fsync, new_ports=new_ports, report=report)
    except KeyboardInterrupt as stopped:
        values = {"flag": platform.flag}
        raise MissingPartError(
            Problem("local-interrupted", f"platform {name}", values)
        ) from stopped
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"platform {name} is up: {platform.server}", markup=False)
    console.print(f"export KUBECONFIG={platform.kubeconfig}", markup=False)
    console.print(SIMULATED_NODES)


@app.command()
def down(name: NameOption = "local") -> None:
    """End what `up` started; data stay.

    Example: sen local down
    """
    platform = Platform(name)
    if not platform.exists:
        raise MissingPartError(platform.never_up())
    local.down(platform)
    typer.echo(f"platform {name} is down; its data are kept in {platform.state}")


@app.command()
def status(name: NameOption = "local", output: OutputOption = Output.TABLE) -> None:
    """Show each part: pid, uptime, memory, health, port, log. Exit code 3 when one is not well.

    Example: sen local status -o json
    """
    platform = Platform(name)
    parts = local.status(platform)
    show(_rows(parts, for_people=output is Output.TABLE), output)
    for line in (f"logs: {platform.log('<part>')}", SIMULATED_NODES):
        typer.echo(line, err=output is not Output.TABLE)
    if not platform.exists:
        raise MissingPartError(platform.never_up())
    unwell = ", ".join(part.part for part in parts if not part.healthy)
    if unwell:
        values = {"parts": unwell, "flag": platform.flag}
        raise MissingPartError(Problem("local-unwell", f"platform {name}", values))


@app.command()
def logs(
    part: Annotated[
        str | None, typer.Argument(help="A part, or `audit`; all when left out.")
    ] = None,
    name: NameOption = "local",
    lines: Annotated[int, typer.Option(min=0, help="How many of the last lines.")] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
) -> None:
    """Show the last lines of the parts' logs.

    Example: sen local logs kube-apiserver -f
    """
    platform = Platform(name)
    known = {program: platform.log(program) for program in PROGRAMS}
    known["audit"] = platform.audit_log
    if part is not None and part not in known:
        raise ProblemError(Problem("local-no-such-part", part, {"parts": ", ".join(known)}))
    if not platform.exists:
        raise MissingPartError(platform.never_up())
    chosen = {part: known[part]} if part else {each: known[each] for each in PROGRAMS}
    for program, file in chosen.items():
        for line in last_lines(file, lines):
            _echo_line(program, line, alone=len(chosen) == 1)
    if follow:
        with contextlib.suppress(KeyboardInterrupt):
            for program, line in added_lines(chosen):
                _echo_line(program, line, alone=len(chosen) == 1)


@app.command()
def reset(
    name: NameOption = "local",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Take the platform down and remove all its data.

    Example: sen local reset --name lab2 --yes
    """
    platform = Platform(name)
    if not platform.state.exists():
        raise MissingPartError(platform.never_up())
    question = f"Remove platform {name} with its cluster, its buckets and its keys?"
    if not yes and not (sys.stdin.isatty() and typer.confirm(question)):
        raise RefusedError(Problem("local-reset-refused", f"platform {name}"))
    local.reset(platform)
    forget(platform)
    typer.echo(f"platform {name} is removed")


@contextlib.contextmanager
def _progress() -> Iterator[Report]:
    """Show the step on a terminal, nothing in a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield silent
        return
    with console.status("starting") as spinner:
        yield spinner.update


def _rows(parts: list[PartStatus], *, for_people: bool) -> Rows:
    if not for_people:
        return [asdict(part) for part in parts]
    return [
        {
            "part": part.part,
            "pid": part.pid,
            "uptime": _duration(part.uptime_seconds),
            "MiB": part.memory_mib,
            "health": part.health,
            "port": part.port,
        }
        for part in parts
    ]


def _duration(seconds: int | None) -> str | None:
    if seconds is None:
        return None
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def _echo_line(program: str, line: str, *, alone: bool) -> None:
    typer.echo(line if alone else f"{program}: {line}")
