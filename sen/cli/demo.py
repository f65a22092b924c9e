"""`sen demo`: real agencies' systems on this machine's platform, the country, the portal."""

import shutil
import time
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console

from sen.cli.budget import set_limit
from sen.cli.operator import install_kinds, open_desk
from sen.cli.output import Output, OutputOption, show
from sen.cli.portal import install_rights
from sen.demo import build, portal
from sen.demo.country import write_country
from sen.demo.systems import demo_requests
from sen.local import up
from sen.local.platform import Platform
from sen.local.ports import LOOPBACK
from sen.tenancy import listing
from stacks.models.tenant import Stage
from stacks.models.term import max_days

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Build the demo: the agencies' systems, the whole country, or the portal.",
)
console = Console(stderr=True, highlight=False)

NameOption = Annotated[str, typer.Option(help="Which platform on this machine.")]


@app.command("up")
def build_systems(name: NameOption = "local", output: OutputOption = Output.TABLE) -> None:
    """Start the platform, build its baseline and the tenants of `stacks/agencies`.

    Example: sen demo up
    """
    started = time.monotonic()
    platform = Platform(name)
    with console.status("Starting the platform"):
        up(platform)
    _tell("platform", time.monotonic() - started)
    build.build_baseline(platform, told=_told)
    folders, ended = demo_requests(_today())
    for each in ended:
        console.print(f"  {each} has ended: it is not built anew")
    build.build_tenants(platform, folders.items(), told=_told)
    show(listing.tenants(platform.kubeconfig, platform.context), output)
    _next(platform, time.monotonic() - started)


@app.command("country")
def build_country(
    stage: Annotated[Stage, typer.Option(help="Stage of every tenant.")] = Stage.STAGING,
    ends: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day of every tenant; else the last allowed."),
    ] = None,
    name: NameOption = "local",
) -> None:
    """Make a tenant for each of the 17 central bodies, 34 provinces and 3,321 communes.

    Example: sen demo country --stage staging
    """
    started = time.monotonic()
    platform = Platform(name)
    up(platform)
    build.build_baseline(platform, told=_told)
    today = _today()
    last = ends.date() if ends else today + timedelta(days=max_days(stage) - 1)
    shards = write_country(platform.state / "country", stage, today, last)
    build.build_tenants(platform, shards, told=_told)
    count = len(listing.tenants(platform.kubeconfig, platform.context))
    _tell(f"{count} tenants in all", time.monotonic() - started)


@app.command("portal")
def show_portal(
    port: Annotated[int, typer.Option(help="Port on loopback.", min=1, max=65535)] = 8380,
    name: NameOption = "local",
) -> None:
    """Start the platform, the operator and the portal with made-up people; Ctrl-C ends both.

    Example: sen demo portal
    """
    platform = Platform(name)
    with suppress(KeyboardInterrupt), portal.ending_is_an_interrupt():
        up(platform)
        build.build_baseline(platform, told=_told)
        _open_desks(name)
        with portal.running(platform, port) as parts:
            console.print(
                f"\nPortal: http://{LOOPBACK}:{port}/\n"
                "Sign in as one of the people that its page names: one asks, two others decide.\n"
                "Ctrl-C ends operator and portal; the platform stays "
                f"(`sen local down{platform.flag}` stops it).",
                markup=False,
            )
            portal.watch(platform, parts)


def _open_desks(name: str) -> None:
    """Do what people do by hand before the first request; all of it may be done again."""
    install_kinds(name)
    for agency, officer in portal.OFFICERS.items():
        open_desk(agency, officer, name)
        set_limit(agency, year=_today().year, vnd=portal.YEAR_VND, **portal.QUOTA, name=name)
    install_rights(name)


def _today() -> date:
    return datetime.now().astimezone().date()


def _told(built: build.Built) -> None:
    _tell(built.stack, built.seconds)


def _tell(what: str, seconds: float) -> None:
    console.print(f"  {what:<32} {seconds:6.1f} s")


def _next(platform: Platform, seconds: float) -> None:
    sen = "uv run sen" if shutil.which("uv") else ".venv/bin/sen"
    console.print(
        f"\nDone in {seconds:.0f} s. Nodes are simulated: objects are real, no container runs.\n"
        "Where to go next:\n"
        f'  eval "$({sen} env{platform.flag})"            then plain pulumi and kubectl work\n'
        "  kubectl get ns -l sen.gov.vn/agency     the tenants, as Kubernetes has them\n"
        f"  {sen} tenant list{platform.flag}              the same, with prices\n"
        "  pulumi preview -s tenants-h26-dev --policy-pack policies\n"
        f"  {sen} local down{platform.flag}               stop it; the data stay",
        markup=False,
    )
