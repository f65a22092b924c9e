"""`sen report`: the level dossier, the yearly report, gaps, differences, states, OSCAL."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from sen.assessment.store import Store, default_store
from sen.cli.output import Output, OutputOption, show
from sen.paths import PROJECT
from sen.reports.difference import day_of, difference, end_of
from sen.reports.dossier import dossier
from sen.reports.gap import gap
from sen.reports.gather import Asked, material, moment_of, stood
from sen.reports.inventory import inventory
from sen.reports.render import Format, format_of, rendered, write
from sen.reports.rows import run_rows, state_rows
from sen.reports.system import subject, subjects
from sen.reports.typography import Pen
from sen.reports.yearly import period, yearly, yearly_rows
from stacks.models.agency import agencies
from stacks.models.document import read, requests_in
from stacks.models.explain import explain
from stacks.models.facts import SystemFacts
from stacks.problem import Language, Problem, ProblemError, language

REQUESTS = PROJECT / "stacks" / "agencies"

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Reports: dossier, yearly, gap, diff, controls, runs, oscal.",
)

SystemOption = Annotated[
    str, typer.Option(help="H26/operations-centre, its short name, or a tenant's name.")
]
LevelOption = Annotated[
    int | None, typer.Option(min=1, max=5, help="Level; by default the one the request says.")
]
LanguageOption = Annotated[
    Language | None, typer.Option("--lang", help="Language; by default the reader's.")
]
RequestsOption = Annotated[Path, typer.Option(help="Folder or file with the requests.")]
StoreOption = Annotated[Path | None, typer.Option(help="Folder of results; by default Sen's own.")]
DayOption = Annotated[str | None, typer.Option("--on", help="As known at the end of this day.")]
ClassifiedOption = Annotated[
    str | None, typer.Option(help="Day on which the system's level was approved.")
]
OutOption = Annotated[Path, typer.Option(help="File to write.")]
FormatOption = Annotated[
    Format | None, typer.Option("--format", help="By default what the file's name says.")
]


@app.command("dossier")
def dossier_(  # noqa: PLR0913 - one option each
    *,
    system: SystemOption,
    out: OutOption,
    level: LevelOption = None,
    lang: LanguageOption = None,
    format_: FormatOption = None,
    facts: Annotated[Path | None, typer.Option(help="YAML file as for `sen level`.")] = None,
    operator: Annotated[str, typer.Option(help="Unit that operates the system.")] = "",
    platform: Annotated[
        str | None, typer.Option(help="Platform on this machine to take the inventory from.")
    ] = None,
    classified: ClassifiedOption = None,
    requests: RequestsOption = REQUESTS,
    store: StoreOption = None,
    day: DayOption = None,
) -> None:
    """Draw up the level dossier (hồ sơ đề xuất cấp độ) of a system.

    Example: sen report dossier --system H26/operations-centre --lang vi --out ho-so.pdf
    """
    wanted = format_of(out, format_)
    one = subject(system, [requests])
    asked = Asked(
        subject=one,
        level=level or one.system.level,
        at=day_of(day),
        facts=_facts(facts) if facts else None,
        operator=operator,
        classified=_classified(classified),
        inventory=inventory(one, platform) if platform else None,
    )
    whole = material(asked, _store(store))
    write(out, rendered(dossier(whole, lang or language()), wanted))
    for status, count in whole.tally.items():
        typer.echo(f"{status.value}: {count}", err=True)
    typer.echo(str(out))


@app.command("yearly")
def yearly_(  # noqa: PLR0913 - one option each
    *,
    agency: Annotated[str, typer.Option(help="Code or name of the owner.")],
    year: Annotated[int, typer.Option(min=2026, max=2100, help="Year of the report.")],
    out: Annotated[Path | None, typer.Option(help="File to write; without one, print.")] = None,
    lang: LanguageOption = None,
    format_: FormatOption = None,
    requests: RequestsOption = REQUESTS,
    store: StoreOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Draw up the yearly report of an owner (Decree 331/2026, Art. 35 and 36).

    Example: sen report yearly --agency H26 --year 2026 --out bao-cao-2026.pdf
    """
    owner = agencies().resolve(agency)
    mine = [each for each in subjects([requests]) if _under(each.agency.code, owner.code)]
    if not mine:
        raise ProblemError(Problem("report-no-systems", owner.title))
    at = min(end_of(period(year)[1]), day_of(None))
    every = [material(Asked(each, each.system.level, at), _store(store)) for each in mine]
    if out is None:
        show(yearly_rows(every, year, Pen(lang or language())), output)
        return
    wanted = format_of(out, format_)
    write(out, rendered(yearly(owner, year, every, lang or language()), wanted))
    typer.echo(str(out))


@app.command("controls")
def controls_(  # noqa: PLR0913 - one option each
    *,
    system: SystemOption,
    level: LevelOption = None,
    lang: LanguageOption = None,
    classified: ClassifiedOption = None,
    requests: RequestsOption = REQUESTS,
    store: StoreOption = None,
    day: DayOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show how each control of a system stands.

    Example: sen report controls --system H26/operations-centre -o json
    """
    one = subject(system, [requests])
    asked = Asked(one, level or one.system.level, day_of(day), classified=_classified(classified))
    states = stood(one, moment_of(asked), _store(store))
    rows = state_rows(states, Pen(lang or language()))
    if output is Output.TABLE:
        rows = [{key: row[key] for key in TABLE} for row in rows]
    show(rows, output, title=str(one.id))


TABLE = ("control", "title", "status", "last_seen", "objects", "gates", "why")


@app.command("gap")
def gap_(  # noqa: PLR0913 - one option each
    *,
    system: SystemOption,
    lower: Annotated[int, typer.Option("--from", min=1, max=5, help="Level of today.")],
    upper: Annotated[int, typer.Option("--to", min=1, max=5, help="Level to reach.")],
    requests: RequestsOption = REQUESTS,
    store: StoreOption = None,
    day: DayOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what would have to change to go from one level to another.

    Example: sen report gap --system H29/assistant --from 2 --to 4
    """
    one, at = subject(system, [requests]), day_of(day)
    show(gap(one, lower, upper, _store(store).latest(one.id, at), at.date()), output)


@app.command("diff")
def diff_(
    before: Annotated[str, typer.Argument(help="Id of a run, or a day: 2026-11-22.")],
    after: Annotated[str, typer.Argument(help="Likewise.")],
    system: Annotated[str | None, typer.Option(help="Only this system.")] = None,
    requests: RequestsOption = REQUESTS,
    store: StoreOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Compare two runs, or two days; exit code 1 when something differs.

    Example: sen report diff 2026-11-01 2026-11-22
    """
    one = subject(system, [requests]).id if system else None
    rows = difference(_store(store), before, after, one)
    show(rows, output)
    if rows:
        raise typer.Exit(1)


@app.command("runs")
def runs_(store: StoreOption = None, output: OutputOption = Output.TABLE) -> None:
    """List the runs whose results are kept.

    Example: sen report runs -o json
    """
    show(run_rows(_store(store).runs()), output)


@app.command("oscal")
def oscal_(
    system: SystemOption,
    out: Annotated[Path, typer.Option(help="Folder to write: a trestle workspace.")],
    level: LevelOption = None,
    requests: RequestsOption = REQUESTS,
    store: StoreOption = None,
    day: DayOption = None,
) -> None:
    """Write component definition, security plan, results and plan of action as OSCAL.

    Example: sen report oscal --system H26/operations-centre --out oscal
    """
    from sen.reports.oscal import write_all  # noqa: PLC0415 - trestle is slow to load

    one = subject(system, [requests])
    asked = Asked(one, level or one.system.level, day_of(day))
    for path in write_all(material(asked, _store(store)), out):
        typer.echo(str(path))


def _store(folder: Path | None) -> Store:
    return Store(folder) if folder else default_store()


def _under(code: str, owner: str) -> bool:
    return code == owner or code.startswith(f"{owner}.")


def _classified(text: str | None) -> date | None:
    return day_of(text).date() if text else None


def _facts(path: Path) -> SystemFacts:
    found = list(requests_in(read(path).documents()))
    if len(found) != 1:
        raise ProblemError(Problem("level-facts-several", str(path)))
    try:
        return SystemFacts.model_validate(found[0][1])
    except ValidationError as error:
        problems = (explain(each, str(path), SystemFacts) for each in error.errors())
        raise ProblemError(*problems) from error
