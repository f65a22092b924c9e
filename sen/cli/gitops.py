"""`sen gitops`: the door through Git, from merged files to requests on the agencies' desks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sen.cli.output import Output, OutputOption, show
from sen.errors import MissingPartError, RefusedError
from sen.gitops.approvers import load
from sen.gitops.plan import Does, Step
from sen.gitops.reading import reading
from sen.gitops.rights import rights
from sen.gitops.server import THE_DOOR, Server
from sen.gitops.sync import GitDoor
from sen.local.platform import Platform
from sen.tenancy.installing import install

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

PathArgument = Annotated[Path, typer.Argument(help="A request file, or a folder of them.")]
ApproversOption = Annotated[
    Path | None, typer.Option(help="Who is who in Git, and whose merge counts in which role.")
]
PruneOption = Annotated[
    bool, typer.Option("--prune", help="Also list requests that no file holds any more.")
]
KubeconfigOption = Annotated[
    Path | None, typer.Option(help="Who applies; the Git door's own account when left out.")
]
NameOption = Annotated[str, typer.Option("--name", help="Which platform on this machine.")]
AGENCIES = Path("stacks/agencies")


@app.command("install")
def install_rights(approvers: ApproversOption = None, name: NameOption = "local") -> None:
    """Give the Git door's account its rights: requests, and to speak as the file's approvers.

    Example: sen gitops install --approvers approvers.yaml
    """
    platform = _platform(name)
    count = install(platform.kubeconfig, platform.context, rights(load(approvers)))
    typer.echo(f"{count} objects")


@app.command("plan")
def plan_sync(
    path: PathArgument = AGENCIES,
    approvers: ApproversOption = None,
    prune: PruneOption = False,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Say what a sync would make, change and refuse; it changes nothing.

    Example: sen gitops plan stacks/agencies --approvers approvers.yaml
    """
    found = reading(path)
    door = GitDoor(_server(name, kubeconfig), load(approvers))
    _told([*door.steps(found), *(door.prune(found, yes=False) if prune else ())], output)


@app.command()
def sync(  # noqa: PLR0913, PLR0917 - a command, its options
    path: PathArgument = AGENCIES,
    approvers: ApproversOption = None,
    prune: PruneOption = False,
    yes: Annotated[bool, typer.Option("--yes", help="Delete what --prune lists.")] = False,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Put what was merged on the agencies' desks; exit code 1 when something was refused.

    Example: sen gitops sync stacks/agencies --approvers approvers.yaml
    """
    found = reading(path)
    door = GitDoor(_server(name, kubeconfig), load(approvers), apply=True)
    if prune and not yes:
        typer.echo("nothing was pruned; --prune --yes does it", err=True)
    _told([*door.steps(found), *(door.prune(found, yes=yes) if prune else ())], output)


def _told(steps: Sequence[Step], output: Output) -> None:
    show([_row(each) for each in steps], output)
    problems = [problem for each in steps for problem in each.problems]
    if problems:
        raise RefusedError(*problems)


def _row(step: Step) -> dict[str, object]:
    return {
        "does": str(step.does),
        "request": f"{step.namespace}/{step.name}" if step.namespace else step.name,
        "why": step.why if step.does is not Does.REFUSED else "see below",
        "file": step.file,
    }


def _server(name: str, kubeconfig: Path | None) -> Server:
    """Speak as whom the kubeconfig stands for, else as the Git door itself."""
    if kubeconfig is not None:
        return Server(kubeconfig)
    platform = _platform(name)
    return Server(platform.kubeconfig, platform.context, THE_DOOR)


def _platform(name: str) -> Platform:
    platform = Platform(name)
    if not platform.exists:
        raise MissingPartError(platform.never_up())
    return platform
