"""`sen text`: find the old encodings of Vietnamese text, convert them, check the way back."""

from __future__ import annotations

import json
import sys

import typer

from playbooks.text.batch import answers

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Old Vietnamese encodings to Unicode: detect, convert, check, batch.",
)


@app.callback()
def text() -> None:
    """Old Vietnamese encodings to Unicode."""


@app.command()
def batch() -> None:
    """Read columns as JSON lines from standard input, answer each with its text.

    Example: sen text batch < columns.jsonl > results.jsonl
    """
    failed = False
    for answer in answers(sys.stdin.buffer):
        failed = failed or "error" in answer
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    if failed:
        raise typer.Exit(1)
