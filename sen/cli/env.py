"""`sen env`: the environment for plain `pulumi` and `kubectl`."""

import shlex
from typing import Annotated

import typer

from sen.cli.output import Output, OutputOption, show
from sen.local.platform import Platform
from sen.runs.environment import Backend, environment
from sen.runs.settings import write_baseline

app = typer.Typer(add_completion=False)


@app.command()
def print_environment(
    name: Annotated[str, typer.Option(help="Which platform on this machine.")] = "local",
    backend: Annotated[Backend, typer.Option(help="Where Pulumi keeps its state.")] = Backend.S3,
    checkpoints: Annotated[
        bool, typer.Option(help="Write the state after each step: slower, survives a kill.")
    ] = False,
    write: Annotated[bool, typer.Option(help="Write the baseline stack's settings too.")] = True,
    output: OutputOption = Output.TABLE,
) -> None:
    """Print what a shell needs; no variable is a secret.

    Example: eval "$(sen env)" && pulumi preview -s baseline-local-dev
    """
    platform = Platform(name)
    variables = environment(platform, backend, checkpoints=checkpoints)
    if write:
        write_baseline(platform)
    if output is not Output.TABLE:
        show([variables], output)
        return
    for key, value in variables.items():
        typer.echo(f"export {key}={shlex.quote(value)}")
