"""`sen portal`: the pages where agencies ask, decide and look after what they have."""

from pathlib import Path
from typing import Annotated

import typer

from sen.local.platform import Platform
from sen.local.ports import LOOPBACK

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

NameOption = Annotated[str, typer.Option("--name", help="Which platform on this machine.")]


@app.command("install")
def install_rights(name: NameOption = "local") -> None:
    """Give the portal its rights: to speak for people, in these kinds, and nothing else.

    Example: sen portal install
    """
    from sen.portal.installing import everything  # noqa: PLC0415 - half a second to import
    from sen.tenancy.installing import install  # noqa: PLC0415

    platform = Platform.existing(name)
    things = everything(platform.kubeconfig, platform.context)
    typer.echo(f"{install(platform.kubeconfig, platform.context, things)} objects")


@app.command()
def run(  # noqa: PLR0913 - one option a setting
    *,
    name: NameOption = "local",
    in_cluster: Annotated[
        bool, typer.Option("--in-cluster", help="This is a pod: use its account, not a platform.")
    ] = False,
    listen: Annotated[
        str, typer.Option(help="Address to listen at; a proxy with TLS comes before any other.")
    ] = LOOPBACK,
    port: Annotated[int, typer.Option(help="Port to listen at.", min=1, max=65535)] = 8380,
    url: Annotated[
        str | None, typer.Option(help="Address under which people reach it, behind a TLS proxy.")
    ] = None,
    dev_login: Annotated[
        bool, typer.Option("--dev-login", help="Offer demo people; on this machine only.")
    ] = False,
    oidc_issuer: Annotated[str | None, typer.Option(help="Address of the OIDC provider.")] = None,
    oidc_client: Annotated[str, typer.Option(help="The portal's name there.")] = "sen-portal",
    oidc_secret_file: Annotated[
        Path | None, typer.Option(help="File with the portal's secret there.")
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option(help="File with the Fernet key of the cookies, which all copies share."),
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            help="Block of addresses of the proxy before it; its word on who visits is believed."
        ),
    ] = None,
) -> None:
    """Serve the portal until Ctrl-C.

    Example: sen portal run --dev-login
    """
    from sen.portal import serve  # noqa: PLC0415 - half a second to import

    trusted = serve.proxies(trusted_proxy or ())
    platform = None if in_cluster else Platform.existing(name)
    given = serve.Given(
        url=url or f"http://{LOOPBACK}:{port}",
        dev_login=dev_login,
        directory=serve.directory(oidc_issuer, oidc_client, oidc_secret_file),
        key_file=key_file,
    )
    serve.run(serve.settings(platform, given), port, listen, trusted)
