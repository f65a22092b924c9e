"""`sen migrate agree` and `withdraw`: a person's word on a wave's order."""

from __future__ import annotations

from typing import Annotated

import typer

from sen.cli.migrate_move import KubeconfigOption, NameOption, OrderArgument, opened
from sen.migration.wave import Wave


def agree(
    order: OrderArgument,
    document: Annotated[str, typer.Option(help="Number of the document by which you agree.")],
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Agree to a wave's order, in your own name; a changed order needs a new agreement.

    Example: sen migrate agree wave-1.yaml --document 12/QD-STP --kubeconfig mine
    """
    wave = opened(order, kubeconfig, name)
    wave.ledger.agree(wave.person, document)
    wave.show_status()
    typer.echo(f"{wave.order.wave}: {wave.person} agrees; {_lacking(wave)}")


def withdraw(
    order: OrderArgument,
    reason: Annotated[str, typer.Option(help="Why; who runs the wave reads it.")],
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Take your agreement to a wave's order back.

    Example: sen migrate withdraw wave-1.yaml --reason "Chưa sao lưu xong" --kubeconfig mine
    """
    wave = opened(order, kubeconfig, name)
    wave.ledger.withdraw(wave.person, reason)
    wave.show_status()
    typer.echo(f"{wave.order.wave}: {wave.person} agrees no more; {_lacking(wave)}")


def _lacking(wave: Wave) -> str:
    missing = wave.ledger.missing(runner="")
    return f"missing: {', '.join(missing)}" if missing else "enough people agree"
