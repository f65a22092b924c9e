"""`sen waiver ask`, `approve` and `withdraw`: waivers that are objects on an agency's desk."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from policies.day import day_of
from policies.day import today as this_day
from sen.access.cluster import Cluster
from sen.cli.access_options import KubeconfigOption, NameOption, cluster_of, platform_of
from sen.evidence.chain import Chain
from sen.evidence.place import chain_of
from sen.tenancy.desk import desk_of
from sen.waivers import asking
from stacks.models.agency import agencies
from stacks.models.objects.approval import Role

AgencyOption = Annotated[str, typer.Option(help="Code of the agency, such as H26.")]
WaiverArgument = Annotated[str, typer.Argument(metavar="WAIVER", help="Its name on the desk.")]


def ask(  # noqa: PLR0913 - one option a part of a waiver
    waiver: WaiverArgument,
    *,
    agency: AgencyOption,
    rule: Annotated[str, typer.Option(help="Id of the rule.")],
    kind: Annotated[str, typer.Option(help="Group and kind: apps/Deployment, /Pod.")],
    namespace: Annotated[str, typer.Option(help="A namespace of this agency.")],
    object_: Annotated[str, typer.Option("--object", help="Name of the object, in full.")],
    level: Annotated[int, typer.Option(help="Highest level at which it may be used, 1 to 5.")],
    reason: Annotated[str, typer.Option(help="Why the rule cannot be kept.")],
    compensating: Annotated[str, typer.Option(help="Measure that stands in for the rule.")],
    end: Annotated[str, typer.Option(help="Last day on which it holds.", metavar="YYYY-MM-DD")],
    start: Annotated[
        str | None, typer.Option(help="First day; today if not given.", metavar="YYYY-MM-DD")
    ] = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Ask in your own name for a waiver at an agency's desk; others agree to it.

    Example: sen waiver ask old-scanner --agency H26 --rule no-host-path --kind apps/Deployment
    --namespace h26-portal-staging --object web --level 3 --reason "..." --compensating "..."
    --end 2027-02-21 --kubeconfig an.kubeconfig
    """
    given = {
        "rule": rule,
        "object": {"kind": kind, "namespace": namespace, "name": object_},
        "level": level,
        "reason": reason,
        "compensating": compensating,
        "starts": day_of(start, "--start") if start else this_day(),
        "ends": day_of(end, "--end"),
    }
    cluster, chain = _parts(kubeconfig, name)
    asking.ask(cluster, chain, _place(agency, waiver), given)
    typer.echo(f"{waiver}: asked for")


def approve(
    waiver: WaiverArgument,
    agency: AgencyOption,
    role: Annotated[Role, typer.Option(help="The role that you hold.")] = Role.SECURITY_OFFICER,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Agree to a waiver that somebody else asked for; admission knows it after the next sync.

    Example: sen waiver approve old-scanner --agency H26 --kubeconfig binh.kubeconfig
    """
    cluster, chain = _parts(kubeconfig, name)
    made = asking.approve(cluster, chain, _place(agency, waiver), role)
    typer.echo(f"{waiver}: agreed by {', '.join(_agreed(made))}")


def withdraw(
    waiver: WaiverArgument,
    agency: AgencyOption,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """End a waiver at a desk today; it stays to be read.

    Example: sen waiver withdraw old-scanner --agency H26 --kubeconfig an.kubeconfig
    """
    cluster, chain = _parts(kubeconfig, name)
    day: dt.date = this_day()
    asking.withdraw(cluster, chain, _place(agency, waiver), day)
    typer.echo(f"{waiver}: ended {day}")


def _agreed(made: dict[str, dict[str, list[dict[str, str]]]]) -> list[str]:
    return [f"{each['by']} as {each['role']}" for each in made["spec"]["approvals"]]


def _parts(kubeconfig: Path | None, name: str) -> tuple[Cluster, Chain]:
    platform = platform_of(name)
    return cluster_of(platform, kubeconfig), chain_of(platform)


def _place(agency: str, waiver: str) -> tuple[str, str]:
    return desk_of(agencies().get(agency).code), waiver
