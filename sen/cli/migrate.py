"""`sen migrate`: move systems from a server room to tenants, in waves, with a way back."""

import typer

from sen.cli.migrate_discover import discover
from sen.cli.migrate_plan import plan

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode="rich")
app.command("discover")(discover)
app.command("plan")(plan)


@app.callback()
def migrate() -> None:
    """Keep the group a group while it has one command."""
