"""`sen migrate assess`: what to do with each system, why, how large it will be, what it costs."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from playbooks.migration.assess import grouping, question
from playbooks.migration.assess.assessment import Assessed, assessed
from playbooks.migration.assess.graph import graph
from playbooks.migration.assess.report.write import questionnaire, write
from playbooks.migration.discover.estate import load
from sen.cli.migrate_discover import recorder
from sen.cli.output import Output, OutputOption, show

SHORT = ("system", "strategy", "risk", "effort_days", "level", "platform_vnd", "open_questions")
EstateArgument = Annotated[Path, typer.Argument(help="estate.json of `sen migrate discover`.")]
OutOption = Annotated[Path, typer.Option(help="Folder for pages, graph.json and questions.")]
AnswersOption = Annotated[
    Path | None, typer.Option(help="Answers: questionnaire.yaml, filled in; its own if not given.")
]
DayOption = Annotated[
    dt.datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Assess as of this day.")
]
NameOption = Annotated[str, typer.Option("--name", help="Platform whose evidence records it.")]


def assess(
    estate_file: EstateArgument,
    *,
    out: OutOption = Path("assessment"),
    answers: AnswersOption = None,
    on: DayOption = None,
    name: NameOption = "local",
    output: OutputOption = Output.TABLE,
) -> None:
    """Assess each system: strategy with reasons, risk, effort, level, size, price.

    Example: sen migrate assess estate/estate.json --out assessment
    """
    estate = load(estate_file)
    out.mkdir(parents=True, exist_ok=True)
    groups_file, questions_file = out / "grouping.yaml", out / "questionnaire.yaml"
    known = grouping.load(groups_file) if groups_file.exists() else {}
    groups = grouping.groups(estate, known)
    own = questions_file if questions_file.exists() else None
    chosen = answers or own
    said = question.load(chosen, groups | known) if chosen else {}
    found = assessed(estate, groups, said, on.date() if on else dt.datetime.now(dt.UTC).date())
    grouping.write(groups, groups_file)
    write(found, estate, graph(found, estate, _earlier(out / "graph.json")), out)
    questions_file.write_text(questionnaire(found, said), "utf-8")
    record = recorder(name)
    for each in found.systems:
        record("migration.assess", each.id, _act(each))
    rows = [_row(each) for each in found.systems]
    if output is Output.TABLE:  # what a terminal has room for; the pages have it all
        rows = [{key: row[key] for key in SHORT} for row in rows]
    show(rows, output)
    sys.stderr.write(f"{out / 'index.html'}\n")


def _earlier(path: Path) -> Mapping[str, Any]:
    """Give the graph of an earlier run, for its windows and orders; {} where it is broken."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _act(each: Assessed) -> dict[str, object]:
    return {
        "strategy": each.strategy.value,
        "rules": [reason.rule for reason in each.reasons],
        "level": each.level,
        "open": len(each.open_questions),
    }


def _row(each: Assessed) -> dict[str, object]:
    return {
        "system": each.id,
        "hosts": ", ".join(each.group.hosts),
        "strategy": each.strategy.value,
        "margin": each.margin,
        "risk": each.risk_class,
        "effort_days": each.effort_days,
        "level": each.level,
        "size": each.target.size.value,
        "platform_vnd": each.cost.platform_vnd,
        "today_vnd": each.cost.today_vnd,
        "today_estimated": each.cost.today_estimated,
        "open_questions": len(each.open_questions),
    }
