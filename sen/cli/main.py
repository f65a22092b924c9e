"""`sen`: the commands, each loaded only when it is called."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from typer.core import TyperGroup

from stacks.problem import ProblemError

if TYPE_CHECKING:
    from typer._click import Command, Context

COMMANDS = {
    "doctor": "Look at this machine: which parts are there, which are missing, what to do.",
    "tools": "Build and list the pinned tools (Pulumi, Kubernetes, etcd, kwok, S3).",
    "local": "The platform on this machine: up, down, status, logs, reset.",
    "env": "Print the environment for plain `pulumi` and `kubectl`.",
    "level": "Propose the security level of a system, with the criterion that decided it.",
    "agency": "Look agencies up: ministries, provinces, communes.",
    "tenant": "Tenants: list, show, plan, diff.",
    "demo": "Build the demo: eight systems, or the whole country.",
    "recover": "Bring a stack's state and its cluster together after a killed run.",
    "version": "Print the version.",
}


class LazyGroup(TyperGroup):
    """A group that imports a command's module on first use, so that `--help` stays fast."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - Typer's signature
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"sen.cli.{cmd_name}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        command.short_help = COMMANDS[cmd_name]
        return command


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Sen: government cloud landing zone, tenancy and migration as code.",
)


@app.callback()
def sen() -> None:
    """Give the group its options; commands come from `COMMANDS`."""


def main() -> None:
    """Run a command; a problem becomes its text and its exit code, never a traceback."""
    try:
        app()
    except ProblemError as error:
        stderr = Console(stderr=True, highlight=False, soft_wrap=True)
        for problem in error.problems:
            stderr.print(problem.text(), markup=False, style="red")
        sys.exit(error.exit_code)
