"""`sen text`: find the old encodings of Vietnamese text, convert them, check the way back."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sen.cli.output import Output, OutputOption, show
from stacks.problem import Problem, ProblemError

if TYPE_CHECKING:
    from playbooks.text.file import Format

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Old Vietnamese encodings to Unicode: detect, convert, check, batch.",
)


class FormatName(StrEnum):
    AUTO = "auto"
    TEXT = "text"
    TABLE = "table"
    DBF = "dbf"
    HTML = "html"
    RTF = "rtf"


FileArgument = Annotated[Path, typer.Argument(help="The file, in its old encoding.")]
FormatOption = Annotated[FormatName, typer.Option("--format", help="What the file is.")]
FromOption = Annotated[
    str, typer.Option("--from", help="The encoding; `auto` finds it.", metavar="NAME")
]


@app.command()
def detect(
    file: FileArgument,
    kind: FormatOption = FormatName.AUTO,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say which encoding each column of a file is in, how sure that is, and what is in doubt.

    Example: sen text detect households.csv
    """
    from playbooks.text.file import detected  # noqa: PLC0415 - help does not wait for it

    with _told(file):
        show([tally.row() for tally in detected(file, _format(kind))], output)


@app.command()
def convert(
    source: FileArgument,
    target: Annotated[Path, typer.Argument(help="Where the text goes, in UTF-8.")],
    encoding: FromOption = "auto",
    kind: FormatOption = FormatName.AUTO,
    keep_raw: Annotated[
        bool, typer.Option("--keep-raw/--no-raw", help="Keep the bytes before, beside the text.")
    ] = True,
    output: OutputOption = Output.TABLE,
) -> None:
    """Convert a file to UTF-8 in NFC, of any size; the original stays.

    Example: sen text convert --from auto households.dbf households-utf8.dbf
    """
    from playbooks.text.file import converted  # noqa: PLC0415

    with _told(source):
        tallies = converted(source, target, _encoding(encoding), _format(kind), keep_raw=keep_raw)
        show([tally.row() for tally in tallies], output)


@app.command()
def check(
    file: FileArgument,
    encoding: FromOption = "auto",
    output: OutputOption = Output.TABLE,
) -> None:
    """Decode every line, encode it again, and compare the bytes.

    Example: sen text check --from vni-win letters.txt
    """
    from playbooks.text.file import checked  # noqa: PLC0415

    with _told(file):
        name, back = checked(file, _encoding(encoding))
    row = {
        "encoding": name,
        "identical": back.identical,
        "equal text": back.equal,
        "different": back.different,
        "samples": "; ".join(f"{was} / {again}" for was, again in back.samples),
    }
    show([row], output)
    if back.different:
        raise typer.Exit(1)


@app.command()
def batch() -> None:
    """Read columns as JSON lines from standard input, answer each with its text.

    Example: sen text batch < columns.jsonl > results.jsonl
    """
    from playbooks.text.batch import answers, written  # noqa: PLC0415

    failed = False
    for answer in answers(sys.stdin.buffer):
        failed = failed or "error" in answer
        sys.stdout.buffer.write(written(answer))
        sys.stdout.buffer.flush()
    if failed:
        raise typer.Exit(1)


class _told:  # noqa: N801 - reads as a word of the `with`
    """Tell an error of files as a problem of the named file."""

    def __init__(self, file: Path) -> None:
        self.file = str(file)

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, OSError):
            why = error.strerror or str(error)
            raise ProblemError(Problem("text-file-unreadable", self.file, {"why": why}))
        from playbooks.text.dbf import NotDbfError  # noqa: PLC0415

        if isinstance(error, NotDbfError):
            raise ProblemError(Problem("text-not-dbf", self.file, {"why": error}))


def _encoding(name: str) -> str | None:
    if name == "auto":
        return None
    from playbooks.text.table import NAMES  # noqa: PLC0415

    known = (*NAMES, *(f"double:{each}" for each in ("utf-8", *NAMES)))
    if name not in known:
        raise ProblemError(Problem("text-encoding-unknown", name, {"known": ", ".join(NAMES)}))
    return name


def _format(kind: FormatName) -> Format | None:
    from playbooks.text.file import Format  # noqa: PLC0415

    return None if kind is FormatName.AUTO else Format(kind.value)
