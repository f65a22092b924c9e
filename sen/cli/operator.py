"""`sen operator`: the kinds, the agencies' desks, and the process that builds what was approved."""

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from sen.local.platform import Platform
from sen.operator.log import LogFormat, log_to
from sen.operator.runner import RunnerKind
from sen.tenancy.desk import desk, desk_of, roles, usual
from sen.tenancy.enforcing import wait_until_enforced
from sen.tenancy.installing import install
from stacks.components.manifest import Manifest
from stacks.models.agency import agencies
from stacks.models.explain import explain
from stacks.models.objects import KINDS
from stacks.models.objects.admission import policies
from stacks.models.objects.crd import crd
from stacks.problem import Problem, ProblemError

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

NameOption = Annotated[str, typer.Option("--name", help="Which platform on this machine.")]


@app.command("install")
def install_kinds(name: NameOption = "local") -> None:
    """Install the kinds of sen.gov.vn, the roles at desks, and who may ask and decide.

    Ends once the API server holds people to it: up to half a minute the first time.

    Example: sen operator install
    """
    platform = Platform.existing(name)
    count = install(platform.kubeconfig, platform.context, _everything())
    wait_until_enforced(platform.kubeconfig, platform.context)
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
def run(  # noqa: PLR0913, PLR0917 - options are arguments
    name: NameOption = "local",
    at_once: Annotated[
        int, typer.Option(help="Stacks that run at the same time.", min=1, envvar="SEN_AT_ONCE")
    ] = 2,
    runner: Annotated[
        RunnerKind, typer.Option(help="A child process per run, or a Kubernetes Job per run.")
    ] = RunnerKind.LOCAL,
    namespace: Annotated[
        str, typer.Option(help="Of its Lease and its Jobs.", envvar="SEN_NAMESPACE")
    ] = "sen-system",
    replicas_elect: Annotated[
        bool, typer.Option("--replicas-elect", help="Work only while the Lease is ours.")
    ] = False,
    in_cluster: Annotated[
        bool, typer.Option("--in-cluster", help="This is a pod: use its account, not a platform.")
    ] = False,
    listen: Annotated[
        str, typer.Option(help="Where /metrics, /healthz and /readyz answer; empty: nowhere.")
    ] = "",
    log_format: Annotated[LogFormat, typer.Option(help="Lines for people, or JSON.")] = (
        LogFormat.TEXT
    ),
) -> None:
    """Build what is approved, until Ctrl-C; killed at any point, the next run goes on.

    In a pod: SEN_CLUSTER, SEN_STAGE, SEN_RUN_FOLDER (scratch), SEN_EVIDENCE_FOLDER (kept), and what
    Pulumi needs. For Jobs: SEN_RUN_JOB (the chart's file), SEN_RUN_IMAGE, SEN_RUN_SERVICE_ACCOUNT.

    Example: sen operator run --listen 127.0.0.1:8381
    """
    from sen.operator.running import Wish, run_operator  # noqa: PLC0415 - a second to import

    wish = Wish(at_once, runner, namespace, listen, elect=replicas_elect)
    log_to(form=log_format)
    with suppress(KeyboardInterrupt):
        run_operator(None if in_cluster else Platform.existing(name), wish)


@app.command("build")
def build_order(
    order: Annotated[Path, typer.Argument(help="The order of a run, packed by the operator.")],
) -> None:
    """Carry out one order of the operator; a run's Job does nothing else.

    Exit code 1 when the run did not succeed; the last line tells how it went, as JSON.

    Example: sen operator build /etc/sen/order/order.json.gz
    """
    from sen.operator.run_once import main  # noqa: PLC0415 - a second to import

    if not order.is_file():
        raise ProblemError(Problem("run-order-unread", str(order)))
    raise typer.Exit(main(order))


def _everything() -> Iterator[Manifest]:
    yield from map(crd, KINDS)
    yield from roles()
    yield from policies()


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).astimezone().date()
