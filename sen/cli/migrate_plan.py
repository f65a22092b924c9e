"""`sen migrate plan`: which system moves in which window, and which bridges that needs."""

import sys
from pathlib import Path
from typing import Annotated

import typer
import yaml

from playbooks.migration.waves.document import document, json_lines
from playbooks.migration.waves.plan import plan_of
from playbooks.migration.waves.reading import portfolio_from
from playbooks.migration.waves.solve import Effort, seconds_for
from sen.cli.output import Output, OutputOption
from stacks.models.document import COUNTRY_LIMIT_BYTES, read


def plan(
    *,
    graph: Annotated[
        Path, typer.Option(help="JSON: systems, edges, windows, freezes; - reads standard input.")
    ],
    seconds: Annotated[
        float | None,
        typer.Option(min=0.1, max=3600, help="Effort: 20 up to 200 systems, a few above."),
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Plan the waves: few cut dependencies, every limit kept.

    Example: sen migrate plan --graph systems.json --output json
    """
    content = sys.stdin.read() if str(graph) == "-" else read(graph, COUNTRY_LIMIT_BYTES).content
    portfolio = portfolio_from(content, str(graph))
    effort = Effort(seconds or seconds_for(len(portfolio.systems)))
    found = plan_of(portfolio, effort)
    if output is Output.JSON:
        sys.stdout.writelines(json_lines(document(found)))
    elif output is Output.YAML:
        yaml.safe_dump(dict(document(found)), sys.stdout, allow_unicode=True, sort_keys=False)
