"""`sen migrate`: move systems from a server room to tenants, in waves, with a way back."""

import typer

from sen.cli import migrate_move as move
from sen.cli.migrate_assess import assess
from sen.cli.migrate_discover import discover
from sen.cli.migrate_harden import harden
from sen.cli.migrate_plan import plan
from sen.cli.migrate_report import report
from sen.cli.migrate_status import status

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode="rich")
app.command("discover")(discover)
app.command("assess")(assess)
app.command("plan")(plan)
app.command("harden")(harden)
app.command("agree")(move.agree)
app.command("withdraw")(move.withdraw)
app.command("rehearse")(move.rehearse)
app.command("fill")(move.fill)
app.command("cutover")(move.cut_over)
app.command("verify")(move.verify)
app.command("rollback")(move.roll_back)
app.command("finish")(move.finish)
app.command("status")(status)
app.command("report")(report)


@app.callback()
def migrate() -> None:
    """Keep the group a group while it has one command."""
