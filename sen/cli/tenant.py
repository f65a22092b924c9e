"""`sen tenant`: list, show, plan, diff."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from sen.cli.output import Output, OutputOption, show
from sen.errors import MissingPartError
from sen.local.platform import Platform
from sen.tenancy import difference, listing
from stacks.components.tenant import objects_for
from stacks.models.load import load_requests

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Tenants: list, show, plan, diff."
)

NameOption = Annotated[str, typer.Option(help="Which platform on this machine.")]
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
    platform = _platform(name)
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
    platform = _platform(name)
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
    platform = _platform(name)
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


def _platform(name: str) -> Platform:
    platform = Platform(name)
    if not platform.exists:
        raise MissingPartError(platform.never_up())
    return platform
