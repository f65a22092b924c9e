"""Prints what a watch over a cluster finds, until somebody ends it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from policies.finding import Finding
from policies.gates.watch import Change, Watch
from sen.checks.options import Options
from sen.findings.formats import Format
from sen.findings.phrases import phrase
from sen.findings.report import said
from sen.findings.table import printable
from stacks.problem import Language, language

_DATA = frozenset((Format.JSON, Format.YAML))


def follow(looking: Watch, options: Options) -> None:
    """Write a line for each change: for people, or one JSON object a line."""
    lang = options.lang or language()
    print(phrase("watching", lang), file=sys.stderr)  # noqa: T201 - beside the report
    for change in looking.changes():
        lines = [json.dumps(record(change), ensure_ascii=False)]
        shown = lines if options.output in _DATA else list(told(change, lang))
        print(*shown, sep="\n", flush=True)  # noqa: T201 - what was asked for


def record(change: Change) -> dict[str, Any]:
    """Give a change as JSON data."""
    return {
        "object": str(change.target),
        "target": change.target.record(),
        "at": change.at.isoformat(),
        "gone": change.gone,
        "begun": [each.record() for each in change.begun],
        "ended": [each.record() for each in change.ended],
    }


def told(change: Change, lang: Language) -> Iterator[str]:
    """Say a change in lines: what is wrong now, what is not any more."""
    when = f"{change.at:%H:%M:%S} {printable(str(change.target))}"
    if change.gone:
        yield f"{when}: {phrase('gone', lang)}"
        return
    yield from (f"{when}: - {each.rule} {phrase('ended', lang)}" for each in change.ended)
    yield from (f"{when}: + {_line(each, lang)}" for each in change.begun)


def _line(finding: Finding, lang: Language) -> str:
    words = f"{said(finding.message, lang)} → {said(finding.remedy, lang)}"
    return f"{finding.rule} {finding.verdict} ({finding.action}): {words}"
