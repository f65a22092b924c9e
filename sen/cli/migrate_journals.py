"""`sen migrate journals`: another machine goes on where the one that moved a wave is lost."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sen.cli.migrate_move import KubeconfigOption, NameOption, OrderArgument, opened
from sen.migration.handover.moving import pack, take


class Way(StrEnum):
    """What is done with journals."""

    PACK = "pack"
    TAKE = "take"


WayArgument = Annotated[Way, typer.Argument(help="`pack` those of here, `take` others.")]
FileArgument = Annotated[
    Path, typer.Argument(help="Packed file; to take, also another machine's folder `migration`.")
]
HandOption = Annotated[
    bool,
    typer.Option("--hand-over", help="After packing, let no command go on with the wave here."),
]


def journals(
    way: WayArgument,
    order: OrderArgument,
    file: FileArgument,
    *,
    hand_over: HandOption = False,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Bring a wave's journals to another machine, which goes on with the move.

    Example: sen migrate journals take wave-1.yaml wave-1-journals.tar.gz
    """
    wave = opened(order, kubeconfig, name)
    if way is Way.PACK:
        digest = pack(wave, file, handing=hand_over)
        typer.echo(f"{file}: SHA-256 {digest}")
        return
    count = take(wave, file)
    wave.show_status()
    typer.echo(f"{wave.order.wave}: {count} files taken" if count else "nothing new")
