"""`sen tenant`: list, show, plan, diff; ask, decide; and the verbs of a tenant's life."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from sen.cli import tenant_life
from sen.cli.output import Output, OutputOption, show
from sen.local.platform import Platform
from sen.tenancy import difference, listing
from sen.tenancy.asking import Decided, Door
from stacks.components.tenant import objects_for
from stacks.models.chain import required
from stacks.models.load import load_requests
from stacks.models.objects.approval import Decision, Role
from stacks.models.price import monthly_price

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Tenants: list, show, plan, diff; price, request, approve, reject.",
)
tenant_life.register(app)

NameOption = Annotated[str, typer.Option(help="Which platform on this machine.")]
KubeconfigOption = Annotated[
    Path | None, typer.Option(help="Yours; the platform administrator's where it is not given.")
]
AgencyOption = Annotated[str, typer.Option(help="Code of the agency on whose desk it lies.")]
RoleOption = Annotated[Role, typer.Option(help="In which role you decide.")]
RequestArgument = Annotated[str, typer.Argument(help="Name of the request.")]
FileArgument = Annotated[Path, typer.Argument(help="File or folder with requests.")]


@app.command("list")
def list_tenants(
    agency: Annotated[str | None, typer.Option(help="Only this agency and those under it.")] = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """List the tenants of the cluster.

    Example: sen tenant list --agency H26 --output json
    """
    platform = Platform.existing(name)
    show(listing.tenants(platform.kubeconfig, platform.context, agency), output)


@app.command("show")
def show_tenant(
    tenant: Annotated[str, typer.Argument(help="Name of the tenant, which is its namespace.")],
    name: NameOption = "local",
    output: OutputOption = Output.YAML,
) -> None:
    """Show one tenant with all its objects.

    Example: sen tenant show g22-public-service-portal-production
    """
    platform = Platform.existing(name)
    show([listing.tenant(platform.kubeconfig, platform.context, tenant)], output)


@app.command("plan")
def plan_tenant(file: FileArgument) -> None:
    """Print the objects that requests lead to, as a YAML stream; nothing is applied.

    Example: sen tenant plan stacks/agencies/h26 | kubectl diff -f -
    """
    for request in load_requests([file]):
        for one in objects_for(request):
            typer.echo("---")
            typer.echo(yaml.safe_dump(dict(one), allow_unicode=True, sort_keys=False), nl=False)


@app.command("diff")
def diff_tenant(
    file: FileArgument, name: NameOption = "local", output: OutputOption = Output.TABLE
) -> None:
    """Compare requests with the cluster; exit code 1 when something differs.

    Example: sen tenant diff stacks/agencies/h26
    """
    platform = Platform.existing(name)
    rows = [
        {"tenant": request.name, **row}
        for request in load_requests([file])
        for row in difference.differences(request, platform.kubeconfig, platform.context)
    ]
    if not rows:
        typer.echo("no difference" if output is Output.TABLE else "[]")
        return
    show(rows, output)
    raise typer.Exit(1)


@app.command("price")
def price_tenant(file: FileArgument, output: OutputOption = Output.TABLE) -> None:
    """Say what requests cost a month, by the price list of their first day.

    Example: sen tenant price stacks/agencies/h26
    """
    rows = [
        {"tenant": each.name, "level": each.system.level, "vnd_per_month": monthly_price(each)}
        for each in load_requests([file])
    ]
    show(rows, output)


@app.command("request")
def request_tenant(
    file: FileArgument,
    reason: Annotated[str | None, typer.Option(help="Why, for those who decide.")] = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Put requests on their agencies' desks, in your own name; or change those that are there.

    Example: sen tenant request stacks/agencies/h26/e-office.yaml --reason "Thay máy chủ cũ"
    """
    door = _door(name, kubeconfig)
    for each in load_requests([file]):
        made = door.ask(each, reason)
        roles = ", ".join(required(each.system.level))
        price = f"{monthly_price(each):,} VND/month"
        typer.echo(f"{made['metadata']['name']}: {price}; to decide: {roles}")


@app.command("requests")
def list_requests(
    agency: AgencyOption,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """List the requests on an agency's desk, with where they stand.

    Example: sen tenant requests --agency H26
    """
    show([_row(each) for each in _door(name, kubeconfig).requests(agency)], output)


@app.command("approve")
def approve_request(  # noqa: PLR0913, PLR0917 - in which role, in whose place
    request: RequestArgument,
    agency: AgencyOption,
    role: RoleOption,
    document: Annotated[
        str | None, typer.Option(help="Number of the document, for the superior agency.")
    ] = None,
    in_place_of: Annotated[
        str | None, typer.Option(help="Who delegated the decision to you.")
    ] = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Agree to what a request says now, in your own name.

    Example: sen tenant approve portal-staging --agency H26 --role head
    """
    decided = Decided(role, Decision.APPROVE, document=document, in_place_of=in_place_of)
    _door(name, kubeconfig).decide(agency, request, decided)
    typer.echo(f"{request}: approved as {role}")


@app.command("reject")
def reject_request(
    request: RequestArgument,
    agency: AgencyOption,
    role: RoleOption,
    reason: Annotated[str, typer.Option(help="Why; who asked reads it.")],
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Refuse what a request says now, in your own name.

    Example: sen tenant reject portal-staging --agency H26 --role head --reason "Chưa có kinh phí"
    """
    decided = Decided(role, Decision.REJECT, reason=reason)
    _door(name, kubeconfig).decide(agency, request, decided)
    typer.echo(f"{request}: rejected as {role}")


def _row(request: Mapping[str, Any]) -> dict[str, object]:
    spec, status = request["spec"], request.get("status") or {}
    return {
        "request": request["metadata"]["name"],
        "agency": spec["agency"],
        "level": spec["system"]["level"],
        "phase": status.get("phase"),
        "waits_for": ", ".join(status.get("waits_for", ())),
        "vnd_per_month": status.get("price_vnd"),
        "ends": spec["ends"],
        "requested_by": spec["requested_by"],
    }


def _door(name: str, kubeconfig: Path | None) -> Door:
    if kubeconfig is not None:
        return Door(kubeconfig, None)
    platform = Platform.existing(name)
    return Door(platform.kubeconfig, platform.context)
