"""The verbs of a tenant's life under `sen tenant`: extend, resize, suspend, resume, end, hold."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from sen.cli.output import Output, OutputOption, show
from sen.evidence.place import chain_of
from sen.local.platform import Platform
from sen.tenancy.asking import Door
from sen.tenancy.history import history
from stacks.models.agency import agencies
from stacks.models.chain import required
from stacks.models.quota import Size
from stacks.models.state import State
from stacks.problem import Problem, ProblemError, half, language

NameOption = Annotated[str, typer.Option(help="Which platform on this machine.")]
KubeconfigOption = Annotated[
    Path | None, typer.Option(help="Yours; the platform administrator's where it is not given.")
]
AgencyOption = Annotated[str, typer.Option(help="Code of the agency on whose desk it lies.")]
RequestArgument = Annotated[str, typer.Argument(help="Name of the request.")]
TenantArgument = Annotated[str, typer.Argument(help="Name of the tenant, which is its namespace.")]
POLL_SECONDS = 0.5
_SETTLED = frozenset(
    {"Ready", "Suspended", "Ending", "Offboarded", "Transferred", "Rejected", "Failed"}
)


def register(app: typer.Typer) -> None:
    """Add the verbs to `sen tenant`."""
    for name, command in _COMMANDS.items():
        app.command(name)(command)


def extend(
    request: RequestArgument,
    agency: AgencyOption,
    until: Annotated[str, typer.Option(help="New last day, like 2027-12-31.")],
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Ask for another last day; everybody decides anew.

    Example: sen tenant extend portal-staging --agency H26 --until 2027-12-31
    """
    _asked_anew(_door(name, kubeconfig), agency, request, {"ends": until})


def resize(
    request: RequestArgument,
    agency: AgencyOption,
    size: Annotated[Size, typer.Option(help="New size; figures of its own are dropped.")],
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Ask for another size; everybody decides anew.

    Example: sen tenant resize portal-staging --agency H26 --size M
    """
    changes = {"size": str(size), "quota": None}
    _asked_anew(_door(name, kubeconfig), agency, request, changes)


def suspend(
    request: RequestArgument,
    agency: AgencyOption,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Stop all that runs and close the network; data stays.

    Example: sen tenant suspend portal-staging --agency H26
    """
    _door(name, kubeconfig).change(agency, request, {"state": str(State.SUSPENDED)})
    typer.echo(f"{request}: to be suspended")


def resume(
    request: RequestArgument,
    agency: AgencyOption,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Start again what was suspended, as it was; an end that is not agreed to yet is withdrawn.

    Example: sen tenant resume portal-staging --agency H26
    """
    _door(name, kubeconfig).change(agency, request, {"state": str(State.ACTIVE)})
    typer.echo(f"{request}: to run again")


def end(
    request: RequestArgument,
    agency: AgencyOption,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Ask for the end before the last day; everybody decides anew.

    Example: sen tenant end portal-staging --agency H26
    """
    _asked_anew(_door(name, kubeconfig), agency, request, {"state": str(State.ENDED)})


def transfer(
    request: RequestArgument,
    agency: AgencyOption,
    to: Annotated[str | None, typer.Option(help="Code of the agency that is to have it.")] = None,
    *,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take back an offer that nobody accepted yet.")
    ] = False,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Offer a tenant to another agency; one's own decide, then those of the other.

    Example: sen tenant transfer portal-staging --agency H26 --to H29
    """
    door = _door(name, kubeconfig)
    if (to is None) is not withdraw:
        raise ProblemError(Problem("life-transfer-whom", request))
    if to is None:
        door.change(agency, request, {"transfer_to": None})
        typer.echo(f"{request}: stays")
        return
    successor = agencies().resolve(to)
    found = door.request(agency, request)["spec"]["agency"]
    if successor.code == found:
        raise ProblemError(Problem("life-transfer-same", request, {"agency": found}))
    _asked_anew(door, agency, request, {"transfer_to": successor.code})


def accept(  # noqa: PLR0913 - one option a field
    tenant: TenantArgument,
    *,
    agency: AgencyOption,
    budget_code: Annotated[str, typer.Option(help="Budget code of the agency that takes it.")],
    admins: Annotated[list[str], typer.Option(help="Group that administers it; repeatable.")],
    officer: Annotated[str, typer.Option(help="Mail of the officer in charge.")],
    unit: Annotated[str, typer.Option(help="Unit that owns the system.")],
    ceiling: Annotated[int | None, typer.Option(help="The most a month, in VND.")] = None,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Fill in what the receiving agency has to say of a tenant on its desk; its own decide then.

    Example: sen tenant accept h26-portal-staging --agency H29 --budget-code H29-2026-001
    --admins h29-portal-admins --officer an.le@tphcm.gov.vn --unit "Văn phòng"
    """
    door = _door(name, kubeconfig)
    spec = door.request(agency, tenant)["spec"]
    budget = {**spec["budget"], "code": budget_code}
    changes = {
        "budget": {**budget, **({"monthly_ceiling_vnd": ceiling} if ceiling else {})},
        "groups": {"admins": admins, "deployers": [], "viewers": []},
        "system": {**spec["system"], "officer": officer, "owner_unit": unit},
    }
    _asked_anew(door, agency, tenant, changes)


def hold(
    tenant: TenantArgument,
    agency: AgencyOption,
    reason: Annotated[str, typer.Option(help="Why.")],
    document: Annotated[str, typer.Option(help="Number of the document that demands it.")],
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Let nothing of a tenant be stopped or removed, whatever its last day.

    Example: sen tenant hold h26-portal-staging --agency H26 --reason "Thanh tra" --document 12/TTr
    """
    _door(name, kubeconfig).hold(agency, tenant, {"reason": reason, "document": document})
    typer.echo(f"{tenant}: held by {document}")


def release(
    tenant: TenantArgument,
    agency: AgencyOption,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Take a legal hold away; a tenant past its last day begins its grace today.

    Example: sen tenant release h26-portal-staging --agency H26
    """
    _door(name, kubeconfig).hold(agency, tenant, None)
    typer.echo(f"{tenant}: no longer held")


def watch(
    request: RequestArgument,
    agency: AgencyOption,
    timeout: Annotated[float, typer.Option(help="Seconds to wait at most.", min=0)] = 300.0,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Print each change of a request's conditions until it is settled; exit code 1 if it failed.

    Example: sen tenant watch portal-staging --agency H26
    """
    door, seen, deadline = _door(name, kubeconfig), set[str](), time.monotonic() + timeout
    while True:
        found = door.request(agency, request)
        for line in _lines(found):
            if line not in seen:
                seen.add(line)
                typer.echo(line)
        phase = _phase(found)
        if phase in _SETTLED:
            raise typer.Exit(1 if phase in {"Failed", "Rejected"} else 0)
        if time.monotonic() >= deadline:
            raise typer.Exit(1)
        time.sleep(POLL_SECONDS)


def show_history(
    request: RequestArgument,
    agency: AgencyOption,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """List what was asked, approved and done about a request and its tenant, oldest first.

    Example: sen tenant history portal-staging --agency H26
    """
    found = _door(name, kubeconfig).request(agency, request)
    platform = Platform(name)
    records = chain_of(platform).records() if platform.exists else ()
    show(history(found, records), output)


def make_kubeconfig(
    user: Annotated[str, typer.Argument(help="Who it is for, as the directory names them.")],
    group: Annotated[list[str], typer.Option(help="Group of the tenant; may be repeated.")],
    out: Annotated[Path, typer.Option(help="File for the kubeconfig; must not be there yet.")],
    hours: Annotated[int, typer.Option(help="How long it holds.")] = 8,
    kubeconfig: KubeconfigOption = None,
    name: NameOption = "local",
) -> None:
    """Write a kubeconfig of a few hours for a person of a tenant, like `sen access kubeconfig`.

    Example: sen tenant kubeconfig van@hanoi.gov.vn --group h26-portal-admins --out van.kubeconfig
    """
    from sen.cli import access_login  # noqa: PLC0415 - a second that the other verbs do not need

    access_login.make_kubeconfig(
        out, user, group, hours, kubeconfig=kubeconfig, name=name, oidc_authority=None
    )


_COMMANDS: Mapping[str, Callable[..., None]] = {
    "extend": extend,
    "resize": resize,
    "suspend": suspend,
    "resume": resume,
    "end": end,
    "transfer": transfer,
    "accept": accept,
    "hold": hold,
    "release": release,
    "watch": watch,
    "history": show_history,
    "kubeconfig": make_kubeconfig,
}


def _asked_anew(door: Door, agency: str, request: str, changes: Mapping[str, object]) -> None:
    made = door.change(agency, request, changes)
    roles = ", ".join(required(made["spec"]["system"]["level"]))
    typer.echo(f"{request}: asked for; to decide: {roles}")


def _phase(request: Mapping[str, Any]) -> str | None:
    """Give the phase, if it is about what the request says now."""
    status = request.get("status") or {}
    current = status.get("observedGeneration") == request["metadata"]["generation"]
    return status.get("phase") if current else None


def _lines(request: Mapping[str, Any]) -> Iterator[str]:
    for each in (request.get("status") or {}).get("conditions", ()):
        said = f" {half(each['message'], language())}" if each.get("message") else ""
        at = each["lastTransitionTime"]
        yield f"{at} {each['type']}={each['status']} {each['reason']}{said}"


def _door(name: str, kubeconfig: Path | None) -> Door:
    if kubeconfig is not None:
        return Door(kubeconfig, None)
    platform = Platform.existing(name)
    return Door(platform.kubeconfig, platform.context)
