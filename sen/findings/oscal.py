"""Findings as OSCAL assessment results: one run, the controls that it saw, what is satisfied."""

from __future__ import annotations

import json
from typing import TextIO

from sen.assessment.oscal import assessment_results
from sen.findings.report import Report
from stacks.problem import Language


def write(report: Report, stream: TextIO, language: Language) -> None:  # noqa: ARG001 - both are in
    json.dump(assessment_results(report.run, report.every()), stream, ensure_ascii=False, indent=2)
    stream.write("\n")
