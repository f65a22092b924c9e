"""`sen access`: who may do what, reviews, leavers, break-glass; what is given for a time."""

import datetime as dt
from typing import Annotated

import typer

from sen.access import binding, emergency, leaving
from sen.access import review as reviewing
from sen.access.certificate import MINUTE
from sen.cli import access_dated, access_login
from sen.cli.access_options import (
    KubeconfigOption,
    NameOption,
    OutOption,
    cluster_of,
    platform_of,
    refuse_there,
    write_out,
)
from sen.cli.output import Output, OutputOption, show
from sen.evidence.chain import Chain
from sen.evidence.chain import now as clock
from sen.evidence.place import chain_of

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
glass = typer.Typer(
    no_args_is_help=True, help="Open a tenant to one person for hours, by two others; close it."
)
app.add_typer(glass, name="break-glass")
app.add_typer(access_dated.inspector, name="inspector")
app.command("kubeconfig")(access_login.make_kubeconfig)
app.command("token")(access_login.give_token)
app.command("delegate")(access_dated.delegate)
app.command("undelegate")(access_dated.undelegate)
app.command("delegations")(access_dated.list_delegations)
app.command("sweep")(access_dated.sweep_all)

HoursOption = Annotated[int, typer.Option(help="How long it holds.")]
UserOption = Annotated[str, typer.Option(help="Who gets in.")]
NamespaceArgument = Annotated[str, typer.Argument(help="Name of the tenant.")]
NamespaceOption = Annotated[str, typer.Option(help="Name of the tenant.")]
BindingArgument = Annotated[str, typer.Argument(help="Name of the binding.")]
TenantOption = Annotated[str | None, typer.Option(help="Only this tenant.")]


@app.command("list")
def list_rights(
    tenant: TenantOption = None,
    user: Annotated[str | None, typer.Option(help="Only rights of this person by name.")] = None,
    group: Annotated[str | None, typer.Option(help="Only rights of this group.")] = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """List who may do what where, until when; `*` is the whole cluster.

    Example: sen access list --tenant h26-portal-staging
    """
    wanted = binding.Filter(tenant, user, group)
    show(binding.rows(cluster_of(platform_of(name), kubeconfig), wanted), output)
    if user is not None:
        typer.echo(_groups_unknown(user), err=True)


@app.command("review")
def review_rights(
    tenant: TenantOption = None,
    agency: Annotated[str | None, typer.Option(help="This agency and those under it.")] = None,
    due: Annotated[
        int | None, typer.Option(min=0, help="Only what is due within so many days; 0: by today.")
    ] = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """List the rights in tenants with when each was last looked at and is due again.

    Example: sen access review --agency H26 --due 30
    """
    cluster = cluster_of(platform_of(name), kubeconfig)
    found = reviewing.review(cluster, clock(), tenant=tenant, agency=agency, within=due)
    show(found, output)


@app.command("confirm")
def confirm_right(
    right: BindingArgument,
    namespace: NamespaceOption,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Confirm that a right is still needed as it is, in your own name.

    Example: sen access confirm tenant-viewer --namespace h26-portal-staging
    """
    platform, now = platform_of(name), clock()
    cluster = cluster_of(platform, kubeconfig)
    made = reviewing.confirm(cluster, chain_of(platform), namespace, right, now)
    by = made["metadata"]["annotations"][binding.REVIEWED_BY]
    typer.echo(f"{namespace}/{right}: confirmed by {by}")


@app.command("revoke")
def revoke_right(
    right: BindingArgument,
    namespace: NamespaceOption,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Take a right away; what a request names has to go from the request, too.

    Example: sen access revoke tenant-viewer --namespace h26-portal-staging
    """
    platform = platform_of(name)
    cluster = cluster_of(platform, kubeconfig)
    gone = reviewing.revoke(cluster, chain_of(platform), namespace, right)
    typer.echo(f"{namespace}/{right}: revoked from {', '.join(binding.people(gone))}")
    if reviewing.comes_back(gone):
        typer.echo("the request still names these groups: the next run binds them again", err=True)


@app.command("leaver")
def remove_person(
    user: Annotated[str, typer.Argument(help="Who leaves.")],
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Remove a person everywhere: bindings, break-glass, certificates asked for.

    Example: sen access leaver van.nguyen@hanoi.gov.vn
    """
    platform, now = platform_of(name), clock()
    chain: Chain = chain_of(platform)
    show(leaving.leave(cluster_of(platform, kubeconfig), chain, user, now), output)
    typer.echo(_groups_unknown(user), err=True)
    for until in leaving.still_valid(chain, user, now):
        typer.echo(f"a certificate of theirs cannot be withdrawn; it ends {until}", err=True)


@glass.command("open")
def open_glass(  # noqa: PLR0913, PLR0917 - two people, a third, and why
    namespace: NamespaceArgument,
    user: UserOption,
    hours: HoursOption,
    reason: Annotated[str, typer.Option(help="What happened; it is recorded.")],
    by: Annotated[str, typer.Option(help="Who answers for the system and asks for this.")],
    second: Annotated[str, typer.Option(help="Who agrees: neither of the other two.")],
    out: OutOption,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Open one tenant to one person for at most four hours.

    Example: sen access break-glass open h26-portal-production --user an@h26.vn --hours 2
    --reason "Portal down" --by binh@h26.vn --second chi@h26.vn --out an.kubeconfig
    """
    platform, now = platform_of(name), clock()
    need = emergency.Need(namespace, user, hours, reason, by, second)
    refuse_there(out)
    cluster, chain = cluster_of(platform, kubeconfig), chain_of(platform)
    made, pair = emergency.open_for(cluster, chain, need, now)
    write_out(platform, pair, out)
    ends = binding.ends(made)
    typer.echo(f"{namespace}/{made['metadata']['name']}: open to {user} until {ends}; {out}")


@glass.command("close")
def close_glass(
    namespace: NamespaceArgument,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Close every opening of a tenant now.

    Example: sen access break-glass close h26-portal-production
    """
    platform = platform_of(name)
    cluster = cluster_of(platform, kubeconfig)
    show(emergency.close(cluster, chain_of(platform), namespace), output)


@glass.command("sweep")
def sweep_glass(
    now: Annotated[
        dt.datetime | None,
        typer.Option(formats=[MINUTE], help="The moment to hold ends to, in UTC; this one."),
    ] = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Close every opening that is past its end; safe to call every minute.

    Example: sen access break-glass sweep
    """
    platform = platform_of(name)
    cluster = cluster_of(platform, kubeconfig)
    at = clock() if now is None else now.replace(tzinfo=dt.UTC)
    show(emergency.sweep(cluster, chain_of(platform), at), output)


def _groups_unknown(user: str) -> str:
    return (
        f"groups of {user} are known to the directory and not to Kubernetes: "
        "what they may do through a group is not here; remove them from groups there"
    )
