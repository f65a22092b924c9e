"""How a command shows rows: a table for people, JSON or YAML for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

import typer
import yaml
from rich.console import Console
from rich.table import Table

Rows = Sequence[Mapping[str, object]]


class Output(StrEnum):
    TABLE = "table"
    JSON = "json"
    YAML = "yaml"


OutputOption = Annotated[Output, typer.Option("--output", "-o", help="How to print the answer.")]


def show(rows: Rows, output: Output, *, title: str | None = None) -> None:
    """Print rows; keys are column names, values plain: str, int, bool, None, list, dict."""
    if output is Output.JSON:
        json.dump(list(rows), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    elif output is Output.YAML:
        yaml.safe_dump([dict(row) for row in rows], sys.stdout, allow_unicode=True, sort_keys=False)
    else:
        _table(rows, title)


def _table(rows: Rows, title: str | None) -> None:
    table = Table(title=title, header_style="bold", title_justify="left")
    for column, value in rows[0].items() if rows else ():
        table.add_column(
            str(column), justify="right" if _number(value) else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    Console().print(table if rows else "nothing to show", markup=False)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if _number(value) else str(value)
