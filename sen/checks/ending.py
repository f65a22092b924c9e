"""How a check ends: waivers honoured, the report written, the run kept, and the exit code."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from policies.finding import Finding, Verdict
from policies.gates.look import Change
from policies.rule import Severity
from policies.waiver import Register, load_register, waived
from sen.assessment.store import default_store
from sen.checks.options import Options
from sen.checks.profile import moment
from sen.errors import RefusedError
from sen.findings.formats import write
from sen.findings.report import Report
from stacks.problem import Problem, ProblemError, language

FINDINGS, BAD_INPUT, MISSING = 1, 2, 3


def waivers(day: str | None, known: Register | None = None) -> Change:
    """Give what puts the waivers of a register into findings: those of the day that is then.

    Raises:
        ProblemError: The register is malformed, or that is no day.
    """
    register = known or load_register()
    moment(day)
    return lambda findings: waived(findings, register, moment(day).date())


def ended(report: Report, options: Options, lost: int = 0) -> int:
    """Write and keep the report; give the exit code.

    Args:
        report: With waivers honoured.
        options: What the person asked for.
        lost: How many hosts could not be reached.

    Raises:
        RefusedError: Nothing was looked at.
        ProblemError: The report cannot be written there.
    """
    if not report.objects and not report.problems and not lost:
        raise RefusedError(Problem("check-nothing", report.scope))
    _written(report, options)
    if options.record and report.objects:
        keep(report)
    for each in report.problems:
        print(each.text(options.lang), file=sys.stderr)  # noqa: T201 - beside the report
    if report.problems:
        return BAD_INPUT
    if lost:
        return MISSING
    return FINDINGS if any(fails(report, each, options.fail_on) for each in report.told) else 0


def fails(report: Report, finding: Finding, threshold: Severity | None) -> bool:
    """Say whether a finding decides the exit code: it blocks, or is as severe as was said."""
    if threshold is None:
        return finding.blocks
    severity = report.severity(finding)
    broken = finding.verdict is Verdict.FAIL or finding.blocks
    return broken and severity is not None and _rank(severity) >= _rank(threshold)


def keep(report: Report) -> None:
    """Keep the run, so that reports can say what was last seen when."""
    default_store().save(report.run, report.every())


def honoured(report: Report, change: Change) -> Report:
    """Put waivers into a report whose findings are all there."""
    found = tuple(change(report.every()))
    quiet = {Verdict.PASS, Verdict.NOT_APPLICABLE}
    return replace(
        report,
        told=tuple(each for each in found if each.verdict not in quiet),
        every=lambda: found,
        verdicts=Counter(each.verdict for each in found),
    )


def _written(report: Report, options: Options) -> None:
    lang = options.lang or language()
    try:
        with _opened(options.out) as stream:
            write(report, stream, options.output, lang, passes=options.passes)
    except OSError as error:
        if options.out is None:
            raise  # a closed pipe: whoever read has seen enough
        reason = {"reason": error.strerror or type(error).__name__}
        raise ProblemError(Problem("check-out", str(options.out), reason)) from None


def _opened(out: Path | None) -> nullcontext[TextIO] | TextIO:
    return nullcontext(sys.stdout) if out is None else out.open("w", encoding="utf-8")


def _rank(severity: Severity) -> int:
    return list(Severity).index(severity)
