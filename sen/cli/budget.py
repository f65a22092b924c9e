"""`sen budget`: limits and what is left of them, what a year will cost, who bears it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sen.budget import bill, limiting, share
from sen.budget.account import Account, account
from sen.budget.bill import By
from sen.budget.forecast import Node, forecast, warnings
from sen.budget.reading import Objects, read
from sen.budget.standing import standings
from sen.cli.output import Output, OutputOption, show
from sen.errors import MissingPartError, RefusedError
from sen.evidence import Act
from sen.evidence.place import chain_of
from sen.local.platform import Platform
from sen.tenancy.asking import Door
from sen.tenancy.listing import under
from stacks.models.agency import agencies
from stacks.models.showback import MONTHS
from stacks.problem import Problem, ProblemError

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

FIRST_YEAR, LAST_YEAR = 2026, 2100

NameOption = Annotated[str, typer.Option("--name", help="Which platform on this machine.")]
AgencyOption = Annotated[str | None, typer.Option(help="Only this agency and those under it.")]
YearOption = Annotated[
    int | None, typer.Option(help="This year, if none is given.", min=FIRST_YEAR, max=LAST_YEAR)
]


@app.command("show")
def show_limits(
    agency: AgencyOption = None, name: NameOption = "local", output: OutputOption = Output.TABLE
) -> None:
    """Show each limit, what is asked and granted of it, and what is left.

    Example: sen budget show --agency H26
    """
    chosen = _code(agency)
    found = _account(_platform(name))
    show([dict(vars(each)) for each in standings(found, chosen)], output)


@app.command("set")
def set_limit(  # noqa: PLR0913, PLR0917 - one option a limit
    agency: Annotated[str, typer.Argument(help="Code of the agency, such as H26.")],
    year: Annotated[
        int | None, typer.Option(help="Year of the money.", min=FIRST_YEAR, max=LAST_YEAR)
    ] = None,
    vnd: Annotated[int | None, typer.Option(help="VND in that year.", min=0)] = None,
    cpu: Annotated[int | None, typer.Option(help="Cores.", min=1)] = None,
    memory_gib: Annotated[int | None, typer.Option(help="Memory in GiB.", min=1)] = None,
    storage_gib: Annotated[int | None, typer.Option(help="Storage in GiB.", min=1)] = None,
    name: NameOption = "local",
) -> None:
    """Set what an agency, and all under it, may have; what is not named stays as it is.

    Example: sen budget set H26 --year 2026 --vnd 1200000000
    """
    if (year is None) != (vnd is None):
        raise ProblemError(Problem("budget-year-with-money", agency))
    quota = {"cpu": cpu, "memory_gib": memory_gib, "storage_gib": storage_gib}
    amounts = {f"vnd-{year}": vnd, **quota}
    change = limiting.Change(
        agencies().get(agency, on=_today()).code,
        {what: amount for what, amount in amounts.items() if amount is not None},
    )
    if not change.amounts:
        raise ProblemError(Problem("budget-no-amount", agency))
    _set(_platform(name), change)


@app.command("forecast")
def forecast_year(
    agency: AgencyOption = None,
    year: YearOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Forecast the money of a year by month; exit code 1 when a budget does not suffice.

    Example: sen budget forecast --agency H26 --year 2026
    """
    chosen, year = _code(agency), year or _today().year
    found = _account(_platform(name))
    nodes = forecast(found.charges, found.parents, found.budgets(year), year)
    nodes = tuple(each for each in nodes if chosen is None or under(each.agency, chosen))
    show([_row(each) for each in nodes], output)
    over = warnings(nodes)
    if over:
        raise RefusedError(*over)


@app.command("showback")
def show_back(
    by: Annotated[By, typer.Option(help="What the bill is divided by.")] = By.AGENCY,
    year: YearOption = None,
    month: Annotated[
        int | None, typer.Option(help="The whole year, if none is given.", min=1, max=12)
    ] = None,
    file: Annotated[Path | None, typer.Option("--csv", help="Write it as CSV too.")] = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Show who bears what: VND by the day, and parts of a thousand that add up.

    Example: sen budget showback --by agency --year 2026 --month 11 --csv november.csv
    """
    found = _account(_platform(name))
    rows = bill.bill(found.charges, by, year or _today().year, month, agencies())
    if file is not None:
        _write(file, bill.table(rows))
    show([*rows, bill.total(rows)] if output is Output.TABLE and rows else rows, output)


@app.command("share")
def share_of_budget(
    state: Annotated[Path, typer.Option(help="State budgets as CSV: agency,year,vnd.")],
    year: YearOption = None,
    agency: AgencyOption = None,
    aim: Annotated[
        int, typer.Option(help="Share asked for, in hundredths of a per cent.", min=1, max=10_000)
    ] = share.AIM_PERMYRIAD,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Show which part of the state budget goes to digital government, against the part asked for.

    Example: sen budget share --state budgets-2026.csv --year 2026 -o json
    """
    year, chosen, book = year or _today().year, _code(agency), agencies()
    known = share.state_budgets(_text(state), state.name, year, book)
    known = {code: vnd for code, vnd in known.items() if chosen is None or under(code, chosen)}
    found = _counted(_read(_platform(name)), *known)
    _say(found.unreadable)
    nodes = forecast(found.charges, found.parents, {}, year)
    show(share.rows(share.shares(nodes, known, year, aim), book), output)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = {"reason": type(error).__name__}
        raise ProblemError(Problem("budget-share-file", str(file), reason)) from error


def _set(platform: Platform, change: limiting.Change) -> None:
    objects = _read(platform)
    if not objects.installed:
        raise MissingPartError(Problem("budget-kinds-missing", "sen.gov.vn"))
    # Tenants built from files take nothing that the operator grants.
    found = _counted(replace(objects, namespaces=()), change.agency)
    _say(found.unreadable)
    refused = limiting.refusals(change, found.ledger)
    if refused:
        raise RefusedError(*refused)
    same = (each for each in objects.agencies if each["spec"]["code"] == change.agency)
    there = next(same, None)
    body = limiting.body_of(change, agencies().get(change.agency), there)
    amounts = ", ".join(f"{what} {amount:,}" for what, amount in change.amounts.items())
    if there is not None and limiting.changes_nothing(body, there):
        typer.echo(f"{change.agency}: {amounts}: it is so already")
        return
    who = Door(platform.kubeconfig, platform.context).myself()
    limiting.set_limits(
        body,
        Act("budget.set", who, change.agency, limiting.said(change, there)),
        chain_of(platform).append,
        lambda made: limiting.write(platform.kubeconfig, platform.context, made),
    )
    typer.echo(f"{change.agency}: {amounts}")


def _row(node: Node) -> dict[str, object]:
    months = {f"{month:02}": vnd for month, vnd in zip(MONTHS, node.months, strict=True)}
    sums = {"total": node.total, "budget": node.budget, "left": node.left}
    return {"agency": node.agency, "year": node.year, **months, **sums, "over_from": node.over_from}


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8", newline="")
    except OSError as error:
        reason = {"reason": error.strerror or str(error)}
        raise ProblemError(Problem("budget-unwritable", str(file), reason)) from error


def _account(platform: Platform) -> Account:
    """Count everything; what cannot be counted is said beside the answer."""
    found = _counted(_read(platform))
    _say(found.unreadable)
    return found


def _say(problems: Iterable[Problem]) -> None:
    stderr = Console(stderr=True, highlight=False, soft_wrap=True)
    for each in problems:
        stderr.print(each.text(), markup=False, style="yellow")


def _read(platform: Platform) -> Objects:
    return read(platform.kubeconfig, platform.context)


def _counted(objects: Objects, *asking: str) -> Account:
    return account(objects, agencies(), _today(), asking)


def _code(agency: str | None) -> str | None:
    """Give the code as the book writes it; one that nobody knows is refused."""
    return None if agency is None else agencies().get(agency).code


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).astimezone().date()


def _platform(name: str) -> Platform:
    platform = Platform(name)
    if not platform.exists:
        raise MissingPartError(platform.never_up())
    return platform
