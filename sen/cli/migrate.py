"""`sen migrate`: move systems from a server room to tenants, in waves, with a way back."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from typer._click import Command, Context

# Of each command the module and the function: planning needs no database driver, and no other's.
COMMANDS = {
    "discover": ("migrate_discover", "discover"),
    "assess": ("migrate_assess", "assess"),
    "plan": ("migrate_plan", "plan"),
    "harden": ("migrate_harden", "harden"),
    "agree": ("migrate_agree", "agree"),
    "withdraw": ("migrate_agree", "withdraw"),
    "rehearse": ("migrate_move", "rehearse"),
    "fill": ("migrate_move", "fill"),
    "cutover": ("migrate_move", "cut_over"),
    "verify": ("migrate_move", "verify"),
    "rollback": ("migrate_move", "roll_back"),
    "finish": ("migrate_move", "finish"),
    "release": ("migrate_move", "release"),
    "journals": ("migrate_journals", "journals"),
    "status": ("migrate_status", "status"),
    "report": ("migrate_report", "report"),
}


class MigrateGroup(TyperGroup):
    """A group that imports only what the called command needs."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - Typer's signature
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name]
        alone = typer.Typer(add_completion=False, rich_markup_mode="rich")
        alone.command(cmd_name)(getattr(importlib.import_module(f"sen.cli.{module}"), function))
        command = typer.main.get_command(alone)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=MigrateGroup, no_args_is_help=True, add_completion=False, rich_markup_mode="rich"
)


@app.callback()
def migrate() -> None:
    """Move systems from a server room to tenants, in waves, with a way back."""
