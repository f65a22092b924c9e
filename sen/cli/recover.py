"""`sen recover`: state and cluster together again after a killed run."""

from typing import Annotated

import typer

from sen.cli.output import Output, OutputOption, show
from sen.local.platform import Platform
from sen.runs.environment import Backend, environment
from sen.runs.recover import recover
from sen.runs.stack import Stack

app = typer.Typer(add_completion=False)


@app.command()
def recover_stack(
    stack: Annotated[str, typer.Argument(help="Name of the stack, as `pulumi stack ls` gives it.")],
    name: Annotated[str, typer.Option(help="Which platform on this machine.")] = "local",
    backend: Annotated[Backend, typer.Option(help="Where Pulumi keeps its state.")] = Backend.S3,
    prune: Annotated[
        bool, typer.Option(help="Delete objects of the stack that its program does not name.")
    ] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Free the lock of a killed run, read the cluster into the state, finish what was begun.

    Exit code 1 when objects are left that the program does not name, and they were not pruned.

    Example: sen recover tenants-h26-dev
    """
    platform = Platform(name)
    outcome = recover(platform, Stack(stack, environment(platform, backend)), prune=prune)
    show([outcome.row()], output)
    if outcome.strays and not prune:
        raise typer.Exit(1)
