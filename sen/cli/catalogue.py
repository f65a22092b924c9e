"""`sen catalogue`: what the standards ask of a system, who shows it, and people's evidence."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from policies.catalogue import (
    Automation,
    all_controls,
    asked,
    binding,
    control,
    instruments,
    regime_on,
)
from policies.scope import LEVELS
from sen.catalogue import answer, listing
from sen.catalogue.coverage import coverage as cover
from sen.catalogue.question import (
    a_date,
    a_day,
    a_level,
    an_instrument,
    check_family,
    conditions,
    is_of,
)
from sen.cli.catalogue_evidence import app as evidence
from sen.cli.catalogue_options import (
    ClassifiedOption,
    ControlArgument,
    DayOption,
    LevelOption,
    RegimeOption,
    SomeLevelOption,
    say_caveat,
)
from sen.cli.output import Output, OutputOption, show

EXAMPLES = """
[bold]Examples[/bold]

  sen catalogue show NW-07 --level 4 --on 2026-11-21

  sen catalogue show LG-07 --level 3 --classified 2024-05-01 --applies online-service

  sen catalogue list --family LG --level 3

  sen catalogue coverage --level 3 -o json

  sen catalogue instruments --on 2026-11-21

  sen catalogue evidence add h26-operations-centre HR-04 training.pdf \\
    --title "Training 2026" --owner "Sở Nội vụ"
"""

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode="rich", epilog=EXAMPLES
)
app.add_typer(evidence, name="evidence")


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
    one, day = control(name), a_day(on)
    binds = regime_on(day, a_date(classified), regime)
    found = asked(one, a_level(level), day, binds, conditions(applies or []))
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
        binds = regime_on(a_day(on), a_date(classified), regime)
        every = binding(a_level(level), binds)
    check_family(family)
    chosen = [
        each for each in every if is_of(each, family) and automation in (None, each.automation)
    ]
    show(listing.listed(chosen, level), output)
    say_caveat()


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
    known = an_instrument(instrument)
    if level is not None:
        show([listing.coverage_row(each) for each in cover(a_level(level), known)], output)
    else:
        by_level = {each: cover(each, known) for each in LEVELS}
        rows = [listing.summary_row(str(each), found) for each, found in by_level.items()]
        merged = listing.any_level(one for found in by_level.values() for one in found)
        rows.append(listing.summary_row("any", merged))
        show(_upright(rows) if output is Output.TABLE else rows, output)
    say_caveat()


def _upright(rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Turn a table round: a dozen counts a level do not fit side by side."""
    first, *counts = rows[0]
    return [{"": name} | {f"{first} {row[first]}": row[name] for row in rows} for name in counts]


@app.command("instruments")
def instruments_(*, on: DayOption = None, output: OutputOption = Output.TABLE) -> None:
    """List laws, decrees, circulars and standards, and how each stands on a day."""
    day = a_day(on)
    show([listing.instrument_row(each, day) for each in instruments().values()], output)
