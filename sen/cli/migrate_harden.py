"""`sen migrate harden`: bring hosts to the standard of their level, and show before and after."""

from pathlib import Path
from typing import Annotated

import typer

from policies.gates.hosts.inventory import load
from sen.cli.migrate_discover import recorder
from sen.cli.output import Output, OutputOption, show
from sen.harden import Hardened
from sen.harden import harden as hardened
from sen.paths import state_dir

InventoryArgument = Annotated[Path, typer.Argument(help="Ansible inventory, YAML or INI.")]
LevelOption = Annotated[
    int | None, typer.Option(min=1, max=5, help="Level asked of all hosts; else sen_level of each.")
]
CheckOption = Annotated[bool, typer.Option("--check", help="Only say what would change.")]
ConfigOption = Annotated[
    Path | None, typer.Option(help="Settings of ssh with the keys of hosts that are known.")
]
NameOption = Annotated[str, typer.Option("--name", help="Platform whose evidence records it.")]
ACT = "migration.harden"


def harden(
    *,
    inventory: InventoryArgument,
    level: LevelOption = None,
    check: CheckOption = False,
    ssh_config: ConfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Bring hosts to their level; exit 1 where a host was not done.

    Example: sen migrate harden hosts.yml --level 3 --check
    """
    folder = state_dir() / "harden"
    done = hardened(inventory, folder, level=level, only_check=check, ssh_config=ssh_config)
    if not check:
        _record(done, inventory, name)
    show(done.rows(), output)
    if done.played.failed:
        raise typer.Exit(1)


def _record(done: Hardened, inventory: Path, name: str) -> None:
    """Keep the level of each host before and after: the report of its wave tells it."""
    record, addresses = recorder(name), {each.name: each.address for each in load(inventory)}
    for row in done.rows():
        host = str(row["host"])
        told = {key: row[f"broken_{key}"] for key in ("before", "after")}
        more = {"level": row["level"], "remaining": row["remaining"]}
        record(ACT, host, {"address": addresses.get(host, host), **told, **more})
