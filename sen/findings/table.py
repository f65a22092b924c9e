"""Findings for a person at a terminal: by object, the worst first, what was looked at last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from policies.finding import Finding, Target, Verdict
from policies.rule import Action, Severity
from sen.findings.phrases import phrase
from sen.findings.report import Report, place_of, said
from stacks.problem import Language

# Beyond, a terminal is not the place to read.
MOST = 500
ORDER = {severity: index for index, severity in enumerate(reversed(Severity))}
STYLES = {
    Verdict.FAIL: "red",
    Verdict.UNDETERMINED: "yellow",
    Verdict.NOT_ASSESSED: "yellow",
    Verdict.WAIVED: "cyan",
}

Group = tuple[Target, list[Finding]]


def write(report: Report, stream: TextIO, language: Language) -> None:
    console = Console(file=stream, highlight=False)
    shown = list(islice(ordered(report), MOST))
    for target, found in grouped(shown):
        console.print(_heading(target, found[0], language))
        console.print(_table(report, found, language))
    rest = len(report.told) - len(shown)
    if rest:
        console.print(phrase("more", language, count=rest), markup=False)
    console.print(summary(report, language), markup=False)


def summary(report: Report, language: Language) -> str:
    """Say in a few lines what was looked at and how it went."""
    lines = [
        phrase(
            "looked-at",
            language,
            objects=report.objects,
            judged=report.objects - sum(report.others.values()),
            rules=len(report.rules),
        ),
        ", ".join(f"{verdict} {count}" for verdict, count in report.counts.items() if count),
    ]
    if report.absent:
        lines.append(phrase("not-installed", language, kinds=", ".join(sorted(report.absent))))
    waivers = sorted({each.waiver for each in report.told if each.waiver})
    if waivers:
        lines.append(phrase("waivers", language, waivers=", ".join(waivers)))
    return "\n".join(filter(None, lines))


def ordered(report: Report) -> Iterator[Finding]:
    """Give what has to be read, objects with what blocks first."""

    def weight(finding: Finding) -> tuple[bool, int]:
        severity = report.severity(finding)
        return not finding.blocks, ORDER[severity] if severity else len(ORDER)

    worst: dict[Target, tuple[bool, int]] = {}
    for each in report.told:
        worst[each.target] = min(worst.get(each.target, (True, 99)), weight(each))
    yield from sorted(
        report.told,
        key=lambda each: (worst[each.target], str(each.target), place_of(each), weight(each)),
    )


def grouped(findings: Iterable[Finding]) -> Iterator[Group]:
    for (target, _), found in groupby(findings, key=lambda each: (each.target, each.place)):
        yield target, list(found)


def printable(text: str) -> str:
    """Show a name that would steer the terminal as what it is."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


def _heading(target: Target, finding: Finding, language: Language) -> Styled:
    line = Styled(printable(str(target)), style="bold")
    line.append(f"  {phrase('level', language)} {finding.level}", style="dim")
    line.append(f"  {printable(place_of(finding))}", style="dim")
    return line


def _table(report: Report, found: list[Finding], language: Language) -> Table:
    table = Table.grid(padding=(0, 2))
    for _ in range(4):
        table.add_column(overflow="fold")
    for each in found:
        severity = report.severity(each)
        word = Styled(f"  {_word(each)}", style=STYLES.get(each.verdict, ""))
        table.add_row(word, severity or "", each.rule, Styled(_words(each, language)))
    return table


def _word(finding: Finding) -> str:
    """Say what the finding does: a broken rule refuses or warns."""
    failed = finding.verdict is Verdict.FAIL
    return (
        f"{finding.verdict} ({finding.action})" if failed and _warns(finding) else finding.verdict
    )


def _warns(finding: Finding) -> bool:
    return finding.action is not Action.DENY


def _words(finding: Finding, language: Language) -> str:
    waits = f" ({', '.join(map(printable, finding.unknown))})" if finding.unknown else ""
    shown = f" [{printable(finding.evidence)}]" if finding.evidence else ""
    waiver = f" ({finding.waiver})" if finding.waiver else ""
    message, remedy = said(finding.message, language), said(finding.remedy, language)
    return f"{message}{waits}{shown}{waiver} → {remedy}"
