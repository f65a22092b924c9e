"""`sen waiver`: grant, list, end and count waivers; send them to the cluster's admission."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from policies.day import day_of, today
from policies.waiver import REGISTER, Register, load_register
from sen.cli import waiver_object
from sen.cli.output import Output, OutputOption, show
from sen.errors import MissingPartError, RefusedError
from sen.local.platform import Platform
from sen.waivers import account, ledger
from sen.waivers.granted import Granted
from sen.waivers.reading import held_of_kubeconfig, of_kubeconfig
from sen.waivers.sync import sync as send
from stacks.problem import Language, language

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Waivers: add, ask, approve, list, expire, withdraw, report, sync, check.",
)

RegisterOption = Annotated[Path, typer.Option(help="The register's file.")]
TodayOption = Annotated[
    str | None, typer.Option(help="Take this day for today.", metavar="YYYY-MM-DD")
]
IdArgument = Annotated[str, typer.Argument(help="Id of the waiver.")]

VIETNAMESE = {
    "by": "theo",
    "name": "tên",
    "waivers": "ngoại lệ",
    "active": "đang hiệu lực",
    "expiring in 30 days": "hết hạn trong 30 ngày",
    "expired": "đã hết hạn",
    "not begun": "chưa bắt đầu",
    "used": "đã dùng",
    "unused": "chưa dùng",
    "all": "tất cả",
    "rule": "luật",
    "agency": "cơ quan",
    "level": "cấp độ",
    "id": "mã",
    "owner": "người chịu trách nhiệm",
    "approver": "người phê duyệt",
    "start": "bắt đầu",
    "end": "kết thúc",
    "ended": "chấm dứt sớm",
    "days left": "số ngày còn lại",
    "state": "tình trạng",
    "source": "nguồn",
    "file": "tệp",
    "object": "đối tượng",
    "waits for": "chờ",
    "asked for": "đang xin",
}
# Cells that are words of ours and no names.
TRANSLATED = frozenset({"by", "state", "source"})


@app.command()
def add(  # noqa: PLR0913 - one option a part of a waiver
    *,
    rule: Annotated[str, typer.Option(help="Id of the rule.")],
    kind: Annotated[str, typer.Option(help="Group and kind: apps/Deployment, /Pod, host.")],
    name: Annotated[str, typer.Option(help="Name of the object, in full.")],
    namespace: Annotated[str, typer.Option(help="Its namespace; empty where it has none.")] = "",
    level: Annotated[int, typer.Option(help="Highest level at which it may be used, 1 to 5.")],
    reason: Annotated[str, typer.Option(help="Why the rule cannot be kept.")],
    owner: Annotated[str, typer.Option(help="Who answers for it.")],
    approver: Annotated[str, typer.Option(help="Who grants it: somebody else.")],
    end: Annotated[str, typer.Option(help="Last day on which it holds.", metavar="YYYY-MM-DD")],
    compensating: Annotated[str, typer.Option(help="Measure that stands in for the rule.")],
    start: Annotated[
        str | None, typer.Option(help="First day; today if not given.", metavar="YYYY-MM-DD")
    ] = None,
    id_: Annotated[str | None, typer.Option("--id", help="The next free if not given.")] = None,
    register: RegisterOption = REGISTER,
    today: TodayOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Grant a waiver: one rule, one object, two people, an end.

    Example: sen waiver add --rule no-host-path --kind apps/Deployment --namespace
    h26-portal-staging --name web --level 3 --reason "..." --owner "..." --approver "..."
    --end 2027-02-21 --compensating "..."
    """
    day = _day(today)
    about = {"kind": kind, "namespace": namespace, "name": name}
    record = {
        "id": id_ or ledger.next_id(load_register(register), day),
        "rule": rule,
        "object": {key: each for key, each in about.items() if each},
        "level": level,
        "reason": reason,
        "owner": owner,
        "approver": approver,
        "start": day_of(start, "--start") if start else day,
        "end": day_of(end, "--end"),
        "compensating": compensating,
    }
    _show_one(register, ledger.add(register, record).id, day, output)


@app.command("list")
def list_waivers(  # noqa: PLR0913 - which register, which cluster
    *,
    active: Annotated[bool, typer.Option("--active", help="Only those that hold today.")] = False,
    kubeconfig: Annotated[Path | None, typer.Option(help="Another cluster's file.")] = None,
    context: Annotated[str | None, typer.Option(help="Context of the kubeconfig.")] = None,
    name: Annotated[str, typer.Option(help="Which platform on this machine.")] = "local",
    register: RegisterOption = REGISTER,
    today: TodayOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List waivers of the file and of the cluster with the days they have left.

    Example: sen waiver list --active -o json
    """
    found = _granted(load_register(register), kubeconfig, context, name)
    rows = account.of_both(found, _day(today))
    _show([each for each in rows if not active or each["state"] == "active"], output)


@app.command()
def expire(
    waiver: IdArgument,
    *,
    register: RegisterOption = REGISTER,
    today: TodayOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """End a waiver today; its record stays. Admission knows it after `sen waiver sync`.

    Example: sen waiver expire W-2026-001
    """
    day = _day(today)
    _show_one(register, ledger.expire(register, waiver, day).id, day, output)


@app.command()
def report(  # noqa: PLR0913 - which register, which cluster
    *,
    findings: Annotated[
        list[Path] | None, typer.Option(help="Findings as JSON: tells which waivers were used.")
    ] = None,
    kubeconfig: Annotated[Path | None, typer.Option(help="Another cluster's file.")] = None,
    context: Annotated[str | None, typer.Option(help="Context of the kubeconfig.")] = None,
    name: Annotated[str, typer.Option(help="Which platform on this machine.")] = "local",
    register: RegisterOption = REGISTER,
    today: TodayOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Count waivers of file and cluster by rule, agency, level: active, used, unused, ending soon.

    They count for the agency that holds the tenant now, as the cluster says. Without a cluster that
    is not known: one handed over counts for the agency in its namespace's name, which asked for it.

    Example: sen waiver report --findings findings.jsonl
    """
    used = account.used_in(findings) if findings else None
    known = load_register(register)
    found = _granted(known, kubeconfig, context, name, held_of_kubeconfig)
    _show(account.counts(found.register, _day(today), used, found.holders), output)


@app.command()
def sync(
    *,
    kubeconfig: Annotated[Path | None, typer.Option(help="Another cluster's file.")] = None,
    context: Annotated[str | None, typer.Option(help="Context of the kubeconfig.")] = None,
    name: Annotated[str, typer.Option(help="Which platform on this machine.")] = "local",
    register: RegisterOption = REGISTER,
    today: TodayOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Send the waivers that hold today to the cluster's admission; run it daily.

    Example: sen waiver sync
    """
    day = _day(today)
    known = load_register(register)
    if kubeconfig is None:
        platform = Platform(name)
        if not platform.exists:
            raise MissingPartError(platform.never_up())
        kubeconfig, context = platform.kubeconfig, platform.context
    found = of_kubeconfig(known, kubeconfig, context)
    _say(found)
    count = send(found.register, day, kubeconfig, context)
    _show([{"waivers": len(found.register.waivers), "active": count}], output)


@app.command()
def check(*, register: RegisterOption = REGISTER, output: OutputOption = Output.TABLE) -> None:
    """Read the register and say what is wrong with it.

    Example: sen waiver check
    """
    _show([{"waivers": len(load_register(register).waivers)}], output)


app.command("ask")(waiver_object.ask)
app.command("approve")(waiver_object.approve)
app.command("withdraw")(waiver_object.withdraw)


def _granted(
    register: Register,
    kubeconfig: Path | None,
    context: str | None,
    name: str,
    read: Callable[[Register, Path, str | None], Granted] = of_kubeconfig,
) -> Granted:
    """Put the cluster's waivers beside the file's, where there is a cluster that answers."""
    platform = Platform(name)
    if kubeconfig is None and not platform.exists:
        return Granted(register)
    if kubeconfig is None:
        kubeconfig, context = platform.kubeconfig, platform.context
    try:
        found = read(register, kubeconfig, context)
    except (MissingPartError, RefusedError) as error:
        found = Granted(register, wrong=error.problems)
    _say(found)
    return found


def _say(found: Granted) -> None:
    for each in found.wrong:
        typer.echo(each.text(language()), err=True)


def _day(given: str | None) -> date:
    return day_of(given, "--today") if given else today()


def _show_one(register: Path, name: str, day: date, output: Output) -> None:
    rows = account.rows(load_register(register), day)
    _show([each for each in rows if each["id"] == name], output)


def _show(rows: list[account.Row], output: Output) -> None:
    """Show rows; a table speaks the reader's language, data keep their keys."""
    if output is not Output.TABLE or language() is not Language.VI:
        show(rows, output)
        return
    show([{VIETNAMESE[key]: _said(key, each) for key, each in row.items()} for row in rows], output)


def _said(key: str, cell: object) -> object:
    return VIETNAMESE.get(str(cell), cell) if key in TRANSLATED else cell
