"""What the Pulumi engine calls: four policies over all rules, and nothing that blocks on import.

The engine decodes a resource again for every policy, so rules are not policies here: one policy
reports what stops the change, one what does not; for single resources and for the whole plan.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from policies import words
from policies.day import today
from policies.finding import Finding, Verdict
from policies.gates.planned import Found, PlanGate
from policies.judge import Judge
from policies.waiver import Register, load_register

# Where the findings are written, passes too, one JSON object a line: an absolute path.
RESULTS = "SEN_POLICY_RESULTS"


def policies_of(
    judge: Judge, register: Register | None = None, day: date | None = None
) -> list[Policy]:
    """Give the policies of the pack; they share what they have seen.

    Args:
        judge: The rules.
        register: The waivers; the project's own where none is given.
        day: The day on which waivers hold; today where none is given.
    """
    gate = PlanGate(judge, load_register() if register is None else register, day or today())
    deny, warn = EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY
    return [
        ResourceValidationPolicy(
            "sen-deny", "Luật bắt buộc / Mandatory rules", partial(_refuse, gate), deny
        ),
        ResourceValidationPolicy(
            "sen-warn", "Luật khuyến nghị / Advisory rules", partial(_advise, gate), warn
        ),
        StackValidationPolicy(
            "sen-plan-deny",
            "Luật bắt buộc, cả kế hoạch / Mandatory rules, whole plan",
            partial(_refuse_plan, gate),
            deny,
        ),
        StackValidationPolicy(
            "sen-plan-warn",
            "Luật khuyến nghị, cả kế hoạch / Advisory rules, whole plan",
            partial(_advise_plan, gate, len(judge.rules)),
            warn,
        ),
    ]


def _refuse(gate: PlanGate, args: ResourceValidationArgs, report: ReportViolation) -> None:
    _report(gate.resource(args), report, blocking=True)


def _advise(gate: PlanGate, args: ResourceValidationArgs, report: ReportViolation) -> None:
    _report(gate.spoken(args), report, blocking=False)


def _refuse_plan(gate: PlanGate, args: StackValidationArgs, report: ReportViolation) -> None:
    for urn, found in gate.stack(args.resources).items():
        _report(found, report, blocking=True, urn=urn)


def _advise_plan(
    gate: PlanGate, rules: int, args: StackValidationArgs, report: ReportViolation
) -> None:
    later = gate.stack(args.resources)
    for urn, found in later.items():
        _report(found, report, blocking=False, urn=urn)
    everything = gate.everything(later)
    report(account(everything, rules, len(later)), None)
    _write_down(everything)


def _report(
    found: Iterable[Finding], report: ReportViolation, *, blocking: bool, urn: str | None = None
) -> None:
    for each in found:
        if each.reportable and each.blocks is blocking:
            report(each.line(), urn)


def account(found: Found, rules: int, resources: int) -> str:
    """Say what was looked at: a check that saw nothing must not look like one that passed."""
    counted = Counter(str(each.verdict) for each in found)
    judged = {each.object for each in found if each.verdict is not Verdict.NOT_ASSESSED}
    said = words.message(
        "policy-looked-at",
        objects=resources,
        judged=len(judged),
        rules=rules,
        verdicts=", ".join(f"{verdict} {count}" for verdict, count in sorted(counted.items())),
    )
    return f"{said}{_waivers(found)}"


def _waivers(found: Found) -> str:
    """Say which waivers were used, and for what: nothing is let through in silence."""
    used = sorted({f"{each.waiver} [{each.rule}] {each.object}" for each in found if each.waiver})
    if not used:
        return ""
    return f"\n{words.message('waiver-used', count=len(used))}: {'; '.join(used)}"


def _write_down(found: Found) -> None:
    path = os.environ.get(RESULTS)
    if path:
        lines = (json.dumps(each.record(), ensure_ascii=False) + "\n" for each in found)
        Path(path).write_text("".join(lines), "utf-8")
