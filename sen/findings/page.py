"""Findings as one page of HTML that needs nothing else: no script, no font, no other file."""

from __future__ import annotations

from functools import partial
from typing import TextIO

from jinja2 import Environment, PackageLoader, StrictUndefined

from policies.finding import Verdict
from sen.findings.phrases import phrase
from sen.findings.report import Report, place_of, said
from sen.findings.table import grouped, ordered
from stacks.problem import Language

SHOWN = (Verdict.FAIL, Verdict.WAIVED, Verdict.UNDETERMINED, Verdict.NOT_ASSESSED)


def write(report: Report, stream: TextIO, language: Language) -> None:
    environment = Environment(
        loader=PackageLoader("sen.findings", "."), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template("page.html.j2")
    parts = page.generate(
        report=report,
        lang=language.value,
        groups=grouped(ordered(report)),
        shown=[each.value for each in SHOWN],
        say=partial(phrase, language=language),
        text=partial(said, language=language),
        place=place_of,
    )
    stream.writelines(parts)
    stream.write("\n")
