"""What the commands of `sen access` share: options, the cluster they ask, the file they write."""

from pathlib import Path
from typing import Annotated

import typer

from sen.access.cluster import Cluster
from sen.errors import MissingPartError
from sen.local.authority import CLUSTER, KeyPair, certificate_file
from sen.local.files import write_private
from sen.local.kubeconfig import kubeconfig as written
from sen.local.platform import Platform
from stacks.problem import Problem, ProblemError

NameOption = Annotated[str, typer.Option("--name", help="Which platform on this machine.")]
KubeconfigOption = Annotated[
    Path | None, typer.Option(help="Yours; the platform administrator's where it is not given.")
]
OutOption = Annotated[Path, typer.Option(help="File for the kubeconfig; must not be there yet.")]


def refuse_there(out: Path) -> None:
    """Refuse to write over a file.

    Raises:
        ProblemError: It is there.
    """
    if out.exists() or out.is_symlink():
        raise ProblemError(Problem("access-file-there", str(out)))


def write_out(platform: Platform, pair: KeyPair, out: Path) -> None:
    """Write a kubeconfig that only its owner reads."""
    authority = certificate_file(platform.pki, CLUSTER).read_bytes()
    write_private(out, written(platform.server, authority, pair, platform.context))


def cluster_of(platform: Platform, kubeconfig: Path | None) -> Cluster:
    """Give the cluster, asked in one's own name or as the administrator."""
    if kubeconfig is not None:
        return Cluster(kubeconfig, None)
    return Cluster(platform.kubeconfig, platform.context)


def platform_of(name: str) -> Platform:
    """Give a platform of this machine.

    Raises:
        MissingPartError: There is none.
    """
    platform = Platform(name)
    if not platform.exists:
        raise MissingPartError(platform.never_up())
    return platform
