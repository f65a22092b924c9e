"""`sen agency`: ministries, provinces and communes, listed, shown, searched."""

from typing import Annotated

import typer

from sen.cli.output import Output, OutputOption, show
from stacks.models.agency import Agency, AgencyKind, Match, agencies

EXAMPLES = """
[bold]Examples[/bold]

  sen agency list --kind ministry

  sen agency list --parent "Hà Nội" -o json

  sen agency show H26.00070

  sen agency search "hoa binh"
"""

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode="rich", epilog=EXAMPLES
)

KindOption = Annotated[AgencyKind | None, typer.Option(help="Only this kind.")]
ParentOption = Annotated[str | None, typer.Option(help="Only right below this agency.")]
EveryOption = Annotated[bool, typer.Option("--all", help="Communes too: 3,372 agencies.")]


LISTED = ("code", "name", "kind", "code is")
FOUND = ("code", "name", "under", "formerly")
SHOWN = ("code", "name", "English", "kind", "under", "also", "code is", "formerly")


@app.command("list")
def list_(
    *,
    kind: KindOption = None,
    parent: ParentOption = None,
    every: EveryOption = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """List ministries and provinces; with a filter or --all, any agency of today."""
    book = agencies()
    found = book.children(book.resolve(parent).code) if parent else book.all()
    narrow = kind is None and parent is None and not every
    chosen = [
        agency
        for agency in found
        if kind in (None, agency.kind) and (agency.is_first_level or not narrow)
    ]
    show([_row(Match(agency), output, LISTED) for agency in chosen], output)


@app.command("show")
def show_(
    agency: Annotated[str, typer.Argument(metavar="CODE_OR_NAME", help="Any spelling.")],
    *,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show one agency; of a body that ended, its successor, and since when."""
    match = agencies().answer(agency)
    row = _row(match, output, SHOWN)
    if output is Output.TABLE:
        show([{"field": name, "value": value} for name, value in row.items()], output)
    else:
        show([row], output)


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="Code or name, with or without diacritics.")],
    *,
    limit: Annotated[int, typer.Option(min=1, help="At most so many answers.")] = 20,
    output: OutputOption = Output.TABLE,
) -> None:
    """Search agencies, best match first; a body that ended is answered by its successor."""
    found = agencies().find(text, limit)
    show([_row(match, output, FOUND) for match in found], output)
    if not found:
        raise typer.Exit(1)


def _row(match: Match, output: Output, columns: tuple[str, ...]) -> dict[str, object]:
    """Give an agency as a row: these columns of a table, everything in JSON and YAML."""
    agency = match.agency
    if output is not Output.TABLE:
        return {
            **agency.model_dump(mode="json"),
            "title": agency.title,
            "formerly": match.formerly.title if match.formerly else None,
            "since": match.since.isoformat() if match.since else None,
        }
    row: dict[str, object] = {
        "code": agency.code,
        "name": agency.title,
        "English": agency.name_en,
        "kind": agency.kind.value,
        "under": _above(agency),
        "also": ", ".join(agency.aliases),
        "code is": agency.code_status.value,
        "formerly": _formerly(match),
    }
    return {name: row[name] for name in columns}


def _above(agency: Agency) -> str | None:
    return agencies().get(agency.parent).title if agency.parent else None


def _formerly(match: Match) -> str | None:
    if match.formerly is None:
        return None
    return f"{match.formerly.title} ({match.formerly.code}) until {match.formerly.valid_to}"
