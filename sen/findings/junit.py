"""Findings as JUnit's XML: a suite for each rule, a test case for each object it looked at."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import TextIO
from xml.sax.saxutils import quoteattr

from policies.finding import Finding, Verdict
from sen.findings.report import Report, place_of, said
from stacks.problem import Language

# Characters that no XML document may hold, in any spelling.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SKIPPED = frozenset((Verdict.WAIVED, Verdict.UNDETERMINED, Verdict.NOT_ASSESSED))


def write(report: Report, stream: TextIO, language: Language) -> None:
    suites = _by_rule(report)
    counted = [_counts(found) for found in suites.values()]
    tests, failures, skipped = (sum(each[index] for each in counted) for index in range(3))
    errors = len(report.problems)
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    stream.write(_open("testsuites", "sen", tests + errors, failures, errors, skipped))
    for (name, found), (cases, failed, left) in zip(suites.items(), counted, strict=True):
        stream.write(_open("testsuite", name, cases, failed, 0, left))
        stream.writelines(_case(each, language) for each in found)
        stream.write("</testsuite>\n")
    if report.problems:
        stream.write(_open("testsuite", "input", errors, 0, errors, 0))
        for each in report.problems:
            stream.write(f"<testcase classname='input' name={_said(each.thing)}>")
            stream.write(f"<error message={_said(each.text(language))}/></testcase>\n")
        stream.write("</testsuite>\n")
    stream.write("</testsuites>\n")


def _by_rule(report: Report) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = defaultdict(list)
    for each in report.every():
        if each.verdict is not Verdict.NOT_APPLICABLE:
            found[each.rule].append(each)
    return dict(sorted(found.items()))


def _counts(found: Iterable[Finding]) -> tuple[int, int, int]:
    verdicts = [_fate(each) for each in found]
    return len(verdicts), verdicts.count("failure"), verdicts.count("skipped")


def _fate(finding: Finding) -> str:
    if finding.verdict is Verdict.FAIL or finding.blocks:
        return "failure"
    return "skipped" if finding.verdict in _SKIPPED else ""


def _open(name: str, title: str, tests: int, failures: int, errors: int, skipped: int) -> str:
    counts = f'tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
    return f"<{name} name={_said(title)} {counts}>\n"


def _case(finding: Finding, language: Language) -> str:
    where = f" ({place_of(finding)})" if finding.place else ""
    head = f"<testcase classname={_said(finding.rule)} name={_said(f'{finding.object}{where}')}"
    fate = _fate(finding)
    if not fate:
        return f"{head}/>\n"
    words = f"{said(finding.message, language)}; {said(finding.remedy, language)}"
    prefix = "" if fate == "failure" else f"{finding.verdict}: "
    kind = f" type={_said(finding.action)}" if fate == "failure" else ""
    return f"{head}><{fate} message={_said(prefix + words)}{kind}/></testcase>\n"


def _said(text: str) -> str:
    return quoteattr(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", text))
