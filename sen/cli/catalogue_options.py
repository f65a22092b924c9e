"""Options that the catalogue's commands share, and the line they all end with."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sen.catalogue.answer import said_caveat

LevelOption = Annotated[int, typer.Option("--level", help="Level of the system, 1 to 5.")]
SomeLevelOption = Annotated[int | None, typer.Option("--level", help="Only what this level asks.")]
DayOption = Annotated[str | None, typer.Option("--on", help="The day, YYYY-MM-DD; today.")]
ClassifiedOption = Annotated[
    str | None, typer.Option("--classified", help="When the system's level was approved.")
]
RegimeOption = Annotated[
    str | None, typer.Option("--regime", help="tcvn11930 or tcvn14423; by default the dates say.")
]
FolderOption = Annotated[
    Path | None, typer.Option("--folder", help="Where the registers lie; the platform's state.")
]
SystemArgument = Annotated[str, typer.Argument(help="Name of the system.")]
ControlArgument = Annotated[str, typer.Argument(metavar="CONTROL", help="NW-07, D331/CL-1, ...")]


def say_caveat() -> None:
    """Say that clauses are unverified, where it does not mix with what a program reads."""
    Console(stderr=True).print(said_caveat(), markup=False)
