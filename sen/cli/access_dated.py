"""`sen access delegate` and `inspector`: rights that are given for days, and end by themselves."""

import datetime as dt
from typing import Annotated

import typer

from sen.access import delegation, inspection, sweeping
from sen.access.certificate import MINUTE
from sen.cli.access_options import KubeconfigOption, NameOption, cluster_of, platform_of
from sen.cli.output import Output, OutputOption, show
from sen.evidence.chain import now as clock
from sen.evidence.place import chain_of
from sen.tenancy.desk import desk_of
from stacks.models.agency import agencies
from stacks.models.objects.approval import Role

DAY = ["%Y-%m-%d"]
inspector = typer.Typer(
    no_args_is_help=True, help="Open a tenant or an agency to inspectors, to read, until a day."
)

AgencyOption = Annotated[str, typer.Option(help="Code of the agency, such as H26.")]
FirstOption = Annotated[
    dt.datetime | None, typer.Option("--from", formats=DAY, help="First day; today.")
]
LastOption = Annotated[dt.datetime, typer.Option("--until", formats=DAY, help="Last day.")]
DocumentOption = Annotated[str, typer.Option(help="Number of the document that orders it.")]


def delegate(  # noqa: PLR0913, PLR0917 - one option a part
    to: Annotated[str, typer.Argument(help="Who decides in your place.")],
    agency: AgencyOption,
    role: Annotated[Role, typer.Option(help="The role that you hold.")],
    until: LastOption,
    document: DocumentOption,
    first: FirstOption = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Let somebody decide in your place for some days; the operator binds it while they last.

    Example: sen access delegate binh@h26.vn --agency H26 --role head --until 2026-12-05
    --document 12/UQ-UBND --kubeconfig an.kubeconfig
    """
    platform = platform_of(name)
    starts = first.date() if first else clock().astimezone().date()
    wish = delegation.Wish(role, to, starts, until.date(), document)
    cluster = cluster_of(platform, kubeconfig)
    made = delegation.give(cluster, chain_of(platform), _desk(agency), wish)
    spec, known = made["spec"], made["metadata"]["name"]
    typer.echo(f"{known}: {to} as {role} of {spec['by']}, {starts} to {until.date()}")


def undelegate(
    known: Annotated[str, typer.Argument(metavar="DELEGATION", help="Its name.")],
    agency: AgencyOption,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """End a delegation today.

    Example: sen access undelegate head-1f2e3d4c --agency H26 --kubeconfig an.kubeconfig
    """
    platform = platform_of(name)
    cluster, today = cluster_of(platform, kubeconfig), clock().astimezone().date()
    delegation.end(cluster, chain_of(platform), _desk(agency), known, today)
    typer.echo(f"{known}: ended {today}")


def list_delegations(
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """List who decides in whose place, from when to when.

    Example: sen access delegations
    """
    show(delegation.rows(cluster_of(platform_of(name), kubeconfig), clock()), output)


def sweep_all(
    now: Annotated[
        dt.datetime | None,
        typer.Option(formats=[MINUTE], help="The moment to hold ends to, in UTC; this one."),
    ] = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Take back every right past its end and bind what begins; safe to call every minute.

    Example: sen access sweep
    """
    platform = platform_of(name)
    at = clock() if now is None else now.replace(tzinfo=dt.UTC)
    cluster = cluster_of(platform, kubeconfig)
    show(sweeping.sweep(cluster, chain_of(platform), at), output)


@inspector.command("open")
def open_inspection(  # noqa: PLR0913, PLR0917 - one option a part
    group: Annotated[str, typer.Argument(help="Group of the inspectors in the directory.")],
    until: LastOption,
    document: DocumentOption,
    tenant: Annotated[str | None, typer.Option(help="Only this tenant.")] = None,
    agency: Annotated[str | None, typer.Option(help="This agency and those under it.")] = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Let a group read a tenant or an agency until a day; Secrets are never read.

    Example: sen access inspector open thanh-tra-14 --agency H26 --until 2026-12-20
    --document 14/QD-TTr
    """
    platform = platform_of(name)
    code = agencies().get(agency).code if agency else None
    asked = inspection.Inspection(group, document, until.date(), tenant, code)
    cluster = cluster_of(platform, kubeconfig)
    show(inspection.open_for(cluster, chain_of(platform), asked, clock()), output)


@inspector.command("list")
def list_inspections(
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """List the inspections that are open.

    Example: sen access inspector list
    """
    show(inspection.rows(cluster_of(platform_of(name), kubeconfig)), output)


@inspector.command("close")
def close_inspection(
    known: Annotated[str, typer.Argument(metavar="INSPECTION", help="Its name.")],
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Close an inspection before its last day.

    Example: sen access inspector close inspection-1f2e3d4c
    """
    platform = platform_of(name)
    show(inspection.close(cluster_of(platform, kubeconfig), chain_of(platform), known), output)


def _desk(agency: str) -> str:
    return desk_of(agencies().get(agency).code)
