"""Findings as SARIF 2.1.0, which code hosts and editors show beside the files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from policies.finding import Finding, Verdict
from policies.rule import Action, Severity
from sen.findings.report import Named, Report, said
from stacks.problem import Language, Problem

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
KINDS = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.WAIVED: "fail",
    Verdict.UNDETERMINED: "open",
    Verdict.NOT_APPLICABLE: "notApplicable",
    Verdict.NOT_ASSESSED: "review",
}
LEVELS = {
    Severity.LOW: "note",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}
# The numbers by which code hosts sort security findings.
WEIGHTS = {
    Severity.LOW: "3.0",
    Severity.MEDIUM: "5.5",
    Severity.HIGH: "8.0",
    Severity.CRITICAL: "9.5",
}


def write(report: Report, stream: TextIO, language: Language) -> None:
    json.dump(document(report, language), stream, ensure_ascii=False, indent=2)
    stream.write("\n")


def document(report: Report, language: Language) -> dict[str, Any]:
    """Give the log: one run of one tool."""
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, language)]}


def _run(report: Report, language: Language) -> dict[str, Any]:
    numbers = {rule.id: index for index, rule in enumerate(report.rules)}
    driver = {
        "name": "Sen",
        "version": version("sen"),
        "rules": [_rule(rule, language) for rule in report.rules],
    }
    return {
        "tool": {"driver": driver},
        "language": language.value,
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, language)],
        "results": [_result(each, numbers, language) for each in report.told],
        "properties": {
            "gate": report.gate.value,
            "scope": report.scope,
            "lookedAt": report.objects,
            "rules": len(report.rules),
            "verdicts": report.counts,
        },
    }


def _rule(rule: Named, language: Language) -> dict[str, Any]:
    help_text = f"{rule.message.vi}\n\n{rule.remedy.vi}\n\n{rule.message.en}\n\n{rule.remedy.en}"
    return {
        "id": rule.id,
        "shortDescription": {"text": said(rule.title, language)},
        "fullDescription": {"text": str(rule.title)},
        "help": {"text": help_text},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "tags": ["security", *rule.controls],
            "security-severity": WEIGHTS[rule.severity],
        },
    }


def _invocation(report: Report, language: Language) -> dict[str, Any]:
    return {
        "executionSuccessful": not report.problems,
        "endTimeUtc": report.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "toolExecutionNotifications": list(_notifications(report.problems, language)),
    }


def _notifications(problems: Iterable[Problem], language: Language) -> Iterable[dict[str, Any]]:
    for each in problems:
        yield {
            "level": "error",
            "message": {"text": each.text(language)},
            "descriptor": {"id": each.key},
        }


def _result(finding: Finding, numbers: Mapping[str, int], language: Language) -> dict[str, Any]:
    kind = KINDS[finding.verdict]
    number = numbers.get(finding.rule)
    message = f"{said(finding.message, language)}; {said(finding.remedy, language)}"
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        **({} if number is None else {"ruleIndex": number}),
        "kind": kind,
        "level": _level(finding) if kind == "fail" else "none",
        "message": {"text": f"{finding.object}: {message}"},
        "locations": [_location(finding)],
        "partialFingerprints": {"ruleAndObject/v1": f"{finding.rule} {_full_name(finding)}"},
        "properties": _properties(finding),
    }
    if finding.verdict is Verdict.WAIVED:
        result["suppressions"] = [{"kind": "external", "justification": finding.waiver}]
    return result


def _level(finding: Finding) -> str:
    return "error" if finding.action is Action.DENY else "warning"


def _location(finding: Finding) -> dict[str, Any]:
    logical = {"fullyQualifiedName": _full_name(finding), "kind": "object"}
    if finding.place is None:
        return {"logicalLocations": [logical]}
    artifact = {"uri": _uri(finding.place.file)}
    return {"physicalLocation": {"artifactLocation": artifact}, "logicalLocations": [logical]}


def _full_name(finding: Finding) -> str:
    target = finding.target
    return "/".join((target.kind.strip("/"), target.namespace, target.name))


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(file)


def _properties(finding: Finding) -> dict[str, Any]:
    place = {"document": finding.place.document} if finding.place else {}
    return {
        "verdict": finding.verdict.value,
        "action": finding.action.value,
        "securityLevel": finding.level,
        "controls": list(finding.controls),
        "unknown": list(finding.unknown),
        **place,
    }
