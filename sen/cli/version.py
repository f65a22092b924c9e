"""`sen version`."""

from importlib.metadata import version

import typer

app = typer.Typer(add_completion=False)


@app.command()
def show_version() -> None:
    """Print the version of Sen.

    Example: sen version
    """
    typer.echo(version("sen"))
