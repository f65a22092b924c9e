"""`sen catalogue evidence`: documents and attestations by which people show controls."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from policies.catalogue import all_controls, control, regime_on
from policies.rule import reasons
from sen.catalogue import evidence as people
from sen.catalogue.answer import title as title_of
from sen.catalogue.question import a_date, a_day, a_level
from sen.cli.catalogue_options import (
    ClassifiedOption,
    ControlArgument,
    DayOption,
    FolderOption,
    LevelOption,
    RegimeOption,
    SomeLevelOption,
    SystemArgument,
    say_caveat,
)
from sen.cli.output import Output, OutputOption, show
from stacks.problem import Problem, ProblemError

app = typer.Typer(no_args_is_help=True, help="People's evidence: list, add, check.")


@app.command("list")
def evidence_list(
    system: SystemArgument,
    *,
    on: DayOption = None,
    folder: FolderOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List the registered documents of a system, and how each stands.

    Example: sen catalogue evidence list h26-operations-centre
    """
    day, place = a_day(on), people.file_of(system, folder).parent
    documents = people.load(system, folder).documents
    show(
        [
            {**each.model_dump(mode="json"), "state": each.state(place, day).value}
            for each in documents
        ],
        output,
    )


@app.command("add")
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
    """Register a document that shows a control: its hash is kept, so that a change is seen.

    Example: sen catalogue evidence add h26-operations-centre HR-04 training.pdf
    --title "Training 2026" --owner "Sở Nội vụ"
    """
    one, day = control(name), a_day(dated)
    last = a_date(valid_until) or people.until(day, one.id, a_level(level) if level else None)
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


@app.command("check")
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
    """Check that people's evidence is there for every control that needs it; exit 1 if not.

    Example: sen catalogue evidence check h26-operations-centre --level 3
    """
    day = a_day(on)
    binds = regime_on(day, a_date(classified), regime)
    states = people.evidence_state(system, a_level(level), day, folder=folder, regime=binds)
    known = all_controls()
    rows = [
        {"control": name, "title": title_of(known[name]), "state": state.value}
        for name, state in states.items()
    ]
    show(rows, output)
    say_caveat()
    if any(state is not people.EvidenceState.PRESENT for state in states.values()):
        raise typer.Exit(1)
