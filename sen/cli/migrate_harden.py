"""`sen migrate harden`: bring hosts to the standard of their level, and show before and after."""

from pathlib import Path
from typing import Annotated

import typer

from sen.cli.migrate_discover import recorder
from sen.cli.output import Output, OutputOption, show
from sen.harden import harden as hardened
from sen.harden import keep
from sen.paths import state_dir

InventoryArgument = Annotated[Path, typer.Argument(help="Ansible inventory, YAML or INI.")]
LevelOption = Annotated[
    int | None, typer.Option(min=1, max=5, help="Level asked of all hosts; else sen_level of each.")
]
CheckOption = Annotated[bool, typer.Option("--check", help="Only say what would change.")]
ConfigOption = Annotated[
    Path | None, typer.Option(help="Settings of ssh with the keys of hosts that are known.")
]
RoleOption = Annotated[
    list[str] | None, typer.Option("--role", help="Only this role; may be given again.")
]
NameOption = Annotated[str, typer.Option("--name", help="Platform whose evidence records it.")]


def harden(  # noqa: PLR0913 - a run has no fewer choices
    *,
    inventory: InventoryArgument,
    level: LevelOption = None,
    check: CheckOption = False,
    ssh_config: ConfigOption = None,
    role: RoleOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Bring hosts to their level; exit 1 where a host was not done.

    Example: sen migrate harden hosts.yml --level 3 --check
    """
    folder = state_dir() / "harden"
    done = hardened(
        inventory, folder, level=level, only_check=check, ssh_config=ssh_config, roles=role or ()
    )
    if not check:
        keep(done, inventory, recorder(name))
    show(done.rows(), output)
    if done.played.failed:
        raise typer.Exit(1)
