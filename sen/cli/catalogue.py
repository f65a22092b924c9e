"""`sen catalogue`: what the standards ask of a system, who shows it, and people's evidence."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from policies.catalogue import (
    Automation,
    Control,
    all_controls,
    asked,
    binding,
    control,
    instruments,
    parameters,
    regime_on,
)
from policies.rule import reasons
from policies.scope import LEVELS
from sen.catalogue import answer
from sen.catalogue import evidence as people
from sen.catalogue.coverage import coverage as cover
from sen.cli.output import Output, OutputOption, show
from stacks.problem import Problem, ProblemError

EXAMPLES = """
[bold]Examples[/bold]

  sen catalogue show NW-07 --level 4 --on 2026-11-21

  sen catalogue show LG-07 --level 3 --classified 2024-05-01 --applies online-service

  sen catalogue coverage --level 3 -o json

  sen catalogue evidence add one-stop HR-04 training.pdf --title "Training 2026" --owner "Sở Nội vụ"
"""

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode="rich", epilog=EXAMPLES
)
evidence = typer.Typer(no_args_is_help=True, help="People's evidence: list, add, check.")
app.add_typer(evidence, name="evidence")

LevelOption = Annotated[int, typer.Option("--level", help="Level of the system, 1 to 5.")]
SomeLevelOption = Annotated[int | None, typer.Option("--level", help="Only what this level asks.")]
DayOption = Annotated[str | None, typer.Option("--on", help="The day, YYYY-MM-DD; today.")]
ClassifiedOption = Annotated[
    str | None, typer.Option("--classified", help="When the system's level was approved.")
]
RegimeOption = Annotated[
    str | None, typer.Option("--regime", help="tcvn11930 or tcvn14423; by default the dates say.")
]
FolderOption = Annotated[
    Path | None, typer.Option("--folder", help="Where the registers lie; the platform's state.")
]
SystemArgument = Annotated[str, typer.Argument(help="Name of the system.")]
ControlArgument = Annotated[str, typer.Argument(metavar="CONTROL", help="NW-07, D331/CL-1, ...")]


@app.command("show")
def show_(  # noqa: PLR0913 - who asks about what, when
    name: ControlArgument,
    *,
    level: LevelOption,
    on: DayOption = None,
    classified: ClassifiedOption = None,
    regime: RegimeOption = None,
    applies: Annotated[
        list[str] | None, typer.Option(help="True of the system: online-service, internet, ...")
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what a control asks of a system on a day: clause, values, which instrument wins."""
    one, day = control(name), _day(on)
    binds = regime_on(day, _date(classified), regime)
    found = asked(one, _level(level), day, binds, _conditions(applies or []))
    if output is Output.TABLE:
        show(answer.asked_rows(found), output)
    else:
        show([answer.asked_document(found)], output)


@app.command("list")
def list_(  # noqa: PLR0913 - one option a filter
    *,
    family: Annotated[str | None, typer.Option(help="Only this family: AC, NW, T-NET.")] = None,
    level: SomeLevelOption = None,
    automation: Annotated[
        Automation | None, typer.Option(help="P platform, M partly, E people.")
    ] = None,
    on: DayOption = None,
    classified: ClassifiedOption = None,
    regime: RegimeOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List the controls; with --level those that bind a system of that level on the day."""
    if level is None:
        every = tuple(all_controls().values())
    else:
        binds = regime_on(_day(on), _date(classified), regime)
        every = binding(_level(level), binds)
    _check_family(family)
    chosen = [
        each for each in every if _is_of(each, family) and automation in (None, each.automation)
    ]
    show(answer.listed(chosen, level), output)
    _say_caveat(output)


@app.command()
def coverage(
    *,
    level: SomeLevelOption = None,
    instrument: Annotated[
        str | None, typer.Option(help="Only controls of one instrument: TCVN14423.")
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Print who shows the controls: rules and their gates, probes, people, nobody yet."""
    known = _instrument(instrument)
    if level is not None:
        show([answer.coverage_row(each) for each in cover(_level(level), known)], output)
    else:
        by_level = {each: cover(each, known) for each in LEVELS}
        rows = [answer.summary_row(str(each), found) for each, found in by_level.items()]
        merged = answer.any_level(one for found in by_level.values() for one in found)
        show([*rows, answer.summary_row("any", merged)], output)
    _say_caveat(output)


@app.command("instruments")
def instruments_(*, on: DayOption = None, output: OutputOption = Output.TABLE) -> None:
    """List laws, decrees, circulars and standards, and how each stands on a day."""
    day = _day(on)
    show([answer.instrument_row(each, day) for each in instruments().values()], output)


@evidence.command("list")
def evidence_list(
    system: SystemArgument,
    *,
    on: DayOption = None,
    folder: FolderOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List the registered documents of a system, and how each stands."""
    day, place = _day(on), people.file_of(system, folder).parent
    documents = people.load(system, folder).documents
    show(
        [
            {**each.model_dump(mode="json"), "state": each.state(place, day).value}
            for each in documents
        ],
        output,
    )


@evidence.command("add")
def evidence_add(  # noqa: PLR0913 - what a register says of a document
    system: SystemArgument,
    name: ControlArgument,
    file: Annotated[Path, typer.Argument(help="The document.")],
    *,
    title: Annotated[str, typer.Option(help="What the document is.")],
    owner: Annotated[str, typer.Option(help="Who answers for it.")],
    dated: Annotated[str | None, typer.Option("--date", help="Its day; today.")] = None,
    valid_until: Annotated[
        str | None, typer.Option(help="Last day; by default the control's interval, or a year.")
    ] = None,
    level: SomeLevelOption = None,
    folder: FolderOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Register a document that shows a control: its hash is kept, so that a change is seen."""
    one, day = control(name), _day(dated)
    last = _date(valid_until) or people.until(day, one.id, _level(level) if level else None)
    whole = {
        "control": one.id,
        "title": title,
        "owner": owner,
        "date": day,
        "valid_until": last,
        "file": people.seen_from(file, people.file_of(system, folder).parent),
        "sha256": people.digest(file),
    }
    try:
        document = people.Document.model_validate(whole)
    except ValidationError as error:
        reason = {"reason": reasons(error)}
        raise ProblemError(Problem("catalogue-bad-document", str(file), reason)) from None
    people.add(system, document, folder)
    show([document.model_dump(mode="json")], output)


@evidence.command("check")
def evidence_check(  # noqa: PLR0913 - who asks about what, when
    system: SystemArgument,
    *,
    level: LevelOption,
    on: DayOption = None,
    classified: ClassifiedOption = None,
    regime: RegimeOption = None,
    folder: FolderOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Check that people's evidence is there for every control that needs it; exit 1 if not."""
    day = _day(on)
    binds = regime_on(day, _date(classified), regime)
    states = people.evidence_state(system, _level(level), day, folder=folder, regime=binds)
    known = all_controls()
    rows = [
        {"control": name, "title": answer.title(known[name]), "state": state.value}
        for name, state in states.items()
    ]
    show(rows, output)
    _say_caveat(output)
    if any(state is not people.EvidenceState.PRESENT for state in states.values()):
        raise typer.Exit(1)


def _say_caveat(output: Output) -> None:
    """Say below a table what a program reads in the document."""
    if output is Output.TABLE:
        Console(stderr=True).print(answer.said_caveat(), markup=False)


def _level(level: int) -> int:
    if level not in LEVELS:
        raise ProblemError(Problem("catalogue-bad-level", str(level)))
    return level


def _day(text: str | None) -> date:
    return _date(text) or datetime.now().astimezone().date()


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ProblemError(Problem("catalogue-bad-date", text)) from None


def _conditions(given: list[str]) -> list[str]:
    known = parameters().conditions
    strange = [each for each in given if each not in known]
    if strange:
        raise ProblemError(
            Problem("catalogue-unknown-condition", strange[0], {"known": ", ".join(known)})
        )
    return given


def _is_of(one: Control, family: str | None) -> bool:
    return family is None or family.upper() in {one.family, one.instrument}


def _check_family(family: str | None) -> None:
    every = all_controls().values()
    if family is not None and not any(_is_of(each, family) for each in every):
        known = ", ".join(dict.fromkeys(each.family or each.instrument for each in every))
        raise ProblemError(Problem("catalogue-unknown-family", family, {"known": known}))


def _instrument(name: str | None) -> str | None:
    if name is None:
        return None
    known = {each.instrument: None for each in all_controls().values()}
    if name.upper() not in known:
        raise ProblemError(
            Problem("catalogue-unknown-instrument", name, {"known": ", ".join(known)})
        )
    return name.upper()
