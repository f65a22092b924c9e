"""`sen doctor`: look at this machine, part by part; exit 3 when something needed is missing."""

import typer
from rich.console import Console

from sen.cli.output import Output, OutputOption, show
from sen.tools.catalogue import catalogue
from sen.tools.checkup import Part, check_up

MISSING = 3
STYLES = {"ok": "green", "missing": "red", "wrong version": "red", "optional missing": "yellow"}

app = typer.Typer()


@app.command(epilog="Example: `sen doctor`, `sen doctor --output json`")
def doctor(output: OutputOption = Output.TABLE) -> None:
    """Look at this machine: which parts are there, which are missing, what to do.

    Parts that only some tests and features need (podman, Chromium, fonts) are optional.
    """
    parts = check_up(catalogue())
    if output is Output.TABLE:
        lines(parts)
    else:
        show([part.row() for part in parts], output)
    if any(part.fails for part in parts):
        raise typer.Exit(MISSING)


def lines(parts: list[Part]) -> None:
    """Print a line for each part, then what to do, then how many were looked at."""
    console = Console(highlight=False, soft_wrap=True)
    width = max(len(part.name) for part in parts)
    for part in parts:
        console.print(f"{part.state:<16}", style=STYLES[part.state], end="", markup=False)
        console.print(f"  {part.name:<{width}}  {part.found}".rstrip(), markup=False)
    for part in parts:
        if part.remedy:
            console.print(f"{part.name}: {part.remedy}", markup=False)
    wrong = sum(1 for part in parts if part.fails)
    optional = sum(1 for part in parts if part.state == "optional missing")
    typer.echo(f"{len(parts)} parts looked at: {wrong} wrong, {optional} optional missing")
