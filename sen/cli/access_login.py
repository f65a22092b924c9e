"""`sen access kubeconfig` and `token`: how a person comes in, by certificate or by login."""

import datetime as dt
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from sen.access.certificate import MINUTE, Wish, issue
from sen.access.credential import credential
from sen.access.credential import kubeconfig as logging_in
from sen.access.credential import token as token_of
from sen.access.login import Client, Token, login
from sen.access.person import group as directory_group
from sen.access.person import person
from sen.cli.access_options import (
    KubeconfigOption,
    NameOption,
    OutOption,
    cluster_of,
    platform_of,
    refuse_there,
    write_out,
)
from sen.evidence.chain import now as clock
from sen.evidence.place import chain_of
from sen.local.authority import CLUSTER, certificate_file
from sen.local.files import write_private
from sen.paths import state_dir
from stacks.problem import Problem, ProblemError

AuthorityOption = Annotated[
    Path | None, typer.Option(help="File of the authority of the directory's certificate.")
]


def make_kubeconfig(  # noqa: PLR0913, PLR0917 - two ways to come in
    out: OutOption,
    user: Annotated[
        str | None, typer.Argument(help="Who it is for, as the directory names them.")
    ] = None,
    group: Annotated[
        list[str] | None, typer.Option(help="Group of the directory; may be repeated.")
    ] = None,
    hours: Annotated[int | None, typer.Option(help="How long it holds.")] = None,
    oidc_issuer: Annotated[
        str | None, typer.Option(help="Log in at this directory each time, instead.")
    ] = None,
    client_id: Annotated[
        str | None, typer.Option(help="Name of this program at the directory.")
    ] = None,
    oidc_authority: AuthorityOption = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Write a kubeconfig: a certificate of a few hours, or a login at the directory (OIDC).

    Example: sen access kubeconfig van@hanoi.gov.vn --group h26-heads --hours 8 --out van.kubeconfig
    Example: sen access kubeconfig --oidc-issuer https://id.example.vn --client-id sen --out k.yaml
    """
    platform, now = platform_of(name), clock()
    if oidc_issuer is not None:
        if client_id is None or user or group or hours:
            raise ProblemError(Problem("access-one-way-in", str(out)))
        client = Client(oidc_issuer, client_id, oidc_authority)
        refuse_there(out)
        trusted = certificate_file(platform.pki, CLUSTER).read_bytes()
        write_private(out, logging_in(platform.server, trusted, platform.context, client))
        typer.echo(f"{out}: logs in at {oidc_issuer} when it is used")
        return
    if user is None or not group or hours is None or client_id:
        raise ProblemError(Problem("access-one-way-in", str(out)))
    wish = Wish(person(user), tuple(dict.fromkeys(map(directory_group, group))), hours)
    refuse_there(out)
    pair = issue(cluster_of(platform, kubeconfig), chain_of(platform), wish, now)
    write_out(platform, pair, out)
    until = (now + dt.timedelta(hours=hours)).strftime(MINUTE)
    typer.echo(f"{out}: {user}, {', '.join(wish.groups)}, until {until}")


def give_token(
    oidc_issuer: Annotated[str, typer.Option(help="The directory, an https address.")],
    client_id: Annotated[str, typer.Option(help="Name of this program at the directory.")],
    oidc_authority: AuthorityOption = None,
) -> None:
    """Print a token for kubectl, after a login in the browser; kubeconfigs call this.

    Example: sen access token --oidc-issuer https://id.example.vn --client-id sen
    """
    client = Client(oidc_issuer, client_id, oidc_authority)
    made = token_of(client, state_dir() / "tokens", _log_in, clock())
    typer.echo(credential(made))


def _log_in(client: Client) -> Token:
    return login(client, _browse)


def _browse(address: str) -> None:
    """Open a browser, and say the address for those who have none here."""
    typer.echo(address, err=True)
    webbrowser.open(address)
