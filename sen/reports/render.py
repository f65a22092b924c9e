"""Write a report to a file, in the format that is asked for; nobody else may read it."""

from __future__ import annotations

import os
import tempfile
from enum import StrEnum
from pathlib import Path

from sen.errors import MissingPartError
from sen.reports.document import Document
from stacks.problem import Problem, ProblemError


class Format(StrEnum):
    PDF = "pdf"
    DOCX = "docx"
    HTML = "html"


def format_of(out: Path, given: Format | None) -> Format:
    """Give the format that was asked for, else the one the file's name says.

    Raises:
        ProblemError: Neither says one.
    """
    known = {f".{each.value}": each for each in Format}
    found = given or known.get(out.suffix.lower())
    if found is None:
        values = {"formats": ", ".join(Format)}
        raise ProblemError(Problem("report-no-format", str(out), values))
    return found


def rendered(document: Document, wanted: Format) -> bytes:
    """Give a report's bytes; the library of each format is loaded only for it."""
    if wanted is Format.PDF:
        from sen.reports.pdf import pdf  # noqa: PLC0415 - slow to load

        return pdf(document)
    if wanted is Format.DOCX:
        from sen.reports.word import docx  # noqa: PLC0415 - slow to load

        return docx(document)
    from sen.reports.html import html  # noqa: PLC0415 - slow to load

    return html(document).encode()


def write(out: Path, content: bytes) -> None:
    """Write a file whole or not at all; it replaces the one that was there.

    Raises:
        MissingPartError: The folder is not there or cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=".new-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(out)
    except OSError as error:
        values = {"reason": error.strerror}
        raise MissingPartError(Problem("report-unwritable", str(out), values)) from None
