"""`sen tools`: build the pinned tools, list them, say where one stands."""

import time
from typing import Annotated

import typer
from rich.console import Console

from sen.cli.output import Output, OutputOption, show
from sen.tools.catalogue import catalogue
from sen.tools.crew import MAX_JOBS, Outcome, build_all, drop_damaged
from sen.tools.inventory import inventory
from sen.tools.lookup import find
from sen.tools.place import toolchain_cache
from sen.tools.progress import duration, reporter

INTERRUPTED = 130
COLUMNS = ("tool", "wanted", "version", "source", "mib", "state")

app = typer.Typer(no_args_is_help=True, help="Build and list the pinned tools.")


@app.command(
    epilog="Example: `sen tools build`, `sen tools build etcd kwok`, `sen tools build --verify`"
)
def build(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Tools; none means all but optional ones."),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, max=MAX_JOBS, help="Builds at a time.")
    ] = MAX_JOBS,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare each built file with its SHA-256 first.")
    ] = False,
) -> None:
    """Build what is missing into the cache; what is on PATH in the pinned version is used as it is.

    Stop it with Ctrl-C at any time: the next run goes on where it stopped.
    """
    since = time.monotonic()
    known = catalogue()
    families = known.wanted(names or [])
    stderr = Console(stderr=True, highlight=False, soft_wrap=True)
    for wrong in drop_damaged(known, families) if verify else []:
        stderr.print(f"{wrong} differs from what was built; building it again", markup=False)
    try:
        with reporter(stderr) as report:
            outcomes = build_all(known, families, report, jobs=jobs)
    except KeyboardInterrupt:
        stderr.print("stopped; `sen tools build` goes on from here")
        raise typer.Exit(INTERRUPTED) from None
    typer.echo(summary(outcomes, time.monotonic() - since))


def summary(outcomes: list[Outcome], seconds: float) -> str:
    """Count what was built, found in the cache, found on PATH."""
    counts = {how: sum(1 for o in outcomes if o.how == how) for how in ("built", "there", "path")}
    return (
        f"{len(outcomes)} tool families ready: {counts['built']} built, {counts['there']} in "
        f"{toolchain_cache()}, {counts['path']} on PATH ({duration(seconds)})"
    )


@app.command("list", epilog="Example: `sen tools list --output json`")
def list_(output: OutputOption = Output.TABLE) -> None:
    """List every tool: the version that is needed, the one found, where from, its size."""
    rows = [entry.row() for entry in inventory(catalogue())]
    if output is Output.TABLE:  # paths are long: `sen tools where` and the other outputs have them
        rows = [{key: row[key] for key in COLUMNS} for row in rows]
    show(rows, output)


@app.command(epilog="Example: `$(sen tools where kubectl) version`")
def where(
    name: Annotated[str, typer.Argument(help="A tool of `sen tools list`.")],
) -> None:
    """Print the path of a tool; exit 3 when it is missing."""
    typer.echo(find(name).path)
