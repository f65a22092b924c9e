"""The formats that a report can be written in, by the name a person asks for."""

from __future__ import annotations

import importlib
from enum import StrEnum
from typing import TextIO

from sen.findings.report import Report
from stacks.problem import Language


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    YAML = "yaml"
    SARIF = "sarif"
    JUNIT = "junit"
    OSCAL = "oscal"
    HTML = "html"


# Each is imported when it is asked for: a check in a pipe needs no templates.
_MODULES = {
    Format.TABLE: "table",
    Format.SARIF: "sarif",
    Format.JUNIT: "junit",
    Format.OSCAL: "oscal",
    Format.HTML: "page",
}


def write(
    report: Report, stream: TextIO, form: Format, language: Language, *, passes: bool = False
) -> None:
    """Write a report; `passes` puts findings that nobody has to read into data formats too."""
    if form is Format.JSON:
        document = importlib.import_module("sen.findings.document")
        document.write_json(report, stream, language, passes=passes)
    elif form is Format.YAML:
        document = importlib.import_module("sen.findings.document")
        document.write_yaml(report, stream, language, passes=passes)
    else:
        importlib.import_module(f"sen.findings.{_MODULES[form]}").write(report, stream, language)
