"""`sen operator`: the kinds, the agencies' desks, and the process that builds what was approved."""

import asyncio
import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated

import typer
from pydantic import ValidationError

from sen.local.platform import Platform
from sen.tenancy.desk import desk, desk_of, roles, usual
from sen.tenancy.installing import install
from stacks.components.manifest import Manifest
from stacks.models.agency import agencies
from stacks.models.explain import explain
from stacks.models.objects import KINDS
from stacks.models.objects.admission import policies
from stacks.models.objects.crd import crd
from stacks.problem import ProblemError

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

NameOption = Annotated[str, typer.Option("--name", help="Which platform on this machine.")]


@app.command("install")
def install_kinds(name: NameOption = "local") -> None:
    """Install the kinds of sen.gov.vn, the roles at desks, and who may ask and decide.

    Example: sen operator install
    """
    platform = Platform.existing(name)
    count = install(platform.kubeconfig, platform.context, _everything())
    typer.echo(f"{count} objects, {len(KINDS)} kinds of them")


@app.command("desk")
def open_desk(
    agency: Annotated[str, typer.Argument(help="Code of the agency, such as H26.")],
    officer: Annotated[str, typer.Option(help="Mail of the officer who answers for the desk.")],
    name: NameOption = "local",
) -> None:
    """Open an agency's desk: the namespace where its people ask and decide.

    Groups bear their usual names: h26-requesters, h26-heads, h26-security-officers, sen-platform.

    Example: sen operator desk H26 --officer van.nguyen@hanoi.gov.vn
    """
    platform = Platform.existing(name)
    found = agencies().get(agency, on=_today())
    try:
        things = desk(found, usual(found), officer, _today())
    except ValidationError as error:
        problems = (explain(each, "desk") for each in error.errors())
        raise ProblemError(*problems) from None
    count = install(platform.kubeconfig, platform.context, things)
    typer.echo(f"{desk_of(found.code)}: {count} objects")


@app.command()
def run(
    name: NameOption = "local",
    at_once: Annotated[int, typer.Option(help="Stacks that run at the same time.", min=1)] = 2,
) -> None:
    """Build what is approved, until Ctrl-C; killed at any point, the next run goes on.

    Example: sen operator run
    """
    from sen.operator.serve import serve  # noqa: PLC0415 - a second to import

    with suppress(KeyboardInterrupt):
        asyncio.run(serve(Platform.existing(name), at_once))


def _everything() -> Iterator[Manifest]:
    yield from map(crd, KINDS)
    yield from roles()
    yield from policies()


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).astimezone().date()
