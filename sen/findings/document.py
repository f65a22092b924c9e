"""Findings as data: a header that says what was looked at, and every finding's record."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TextIO

import yaml

from policies.finding import Finding
from sen.findings.report import Report
from stacks.problem import Language


def write_json(report: Report, stream: TextIO, language: Language, *, passes: bool) -> None:
    """Write one JSON object, each finding on a line: large reports can be read as they come."""
    head = json.dumps(report.header(language), ensure_ascii=False, indent=2)
    stream.write(f'{head.removesuffix("}").rstrip()},\n  "findings": [')
    comma = "\n    "
    for each in _chosen(report, passes=passes):
        stream.write(comma + json.dumps(_record(report, each), ensure_ascii=False))
        comma = ",\n    "
    stream.write("\n  ]\n}\n")


def write_yaml(report: Report, stream: TextIO, language: Language, *, passes: bool) -> None:
    records = [_record(report, each) for each in _chosen(report, passes=passes)]
    whole = {**report.header(language), "findings": json.loads(json.dumps(records))}
    yaml.safe_dump(whole, stream, allow_unicode=True, sort_keys=False)


def _chosen(report: Report, *, passes: bool) -> Iterable[Finding]:
    return report.every() if passes else report.told


def _record(report: Report, finding: Finding) -> dict[str, Any]:
    severity = report.severity(finding)
    return {**finding.record(), **({"severity": severity.value} if severity else {})}
