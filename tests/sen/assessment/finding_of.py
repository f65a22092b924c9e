"""Findings and runs for tests: the reader sees only what the case is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from policies.finding import Finding, Gate, Target, Verdict
from policies.rule import Action
from policies.text import Text
from sen.assessment.run import Run
from sen.assessment.seen import Seen

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
POD = Target("/Pod", "web", "h26-operations-centre-production", "H26", "operations-centre")


def ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def finding(verdict: Verdict = Verdict.PASS, **changed) -> Finding:
    whole = Finding(
        rule="image-by-digest",
        controls=("TCVN14423/SW-04",),
        target=POD,
        verdict=verdict,
        action=Action.DENY,
        message=Text(vi="ảnh không ghi mã băm", en="the image has no digest"),
        remedy=Text(vi="ghi mã băm của ảnh", en="write the image's digest"),
        gate=Gate.LIVE,
        seen_at=NOON,
        level=3,
    )
    return replace(whole, **changed)


def run(name: str = "run-1", **changed) -> Run:
    whole = Run(
        id=name,
        gate=Gate.LIVE,
        started=ago(0),
        ended=ago(0),
        by="officer",
        scope="cluster",
        command="sen check cluster",
        objects=1,
        rules=1,
    )
    return replace(whole, **changed)


def seen(verdict: Verdict = Verdict.PASS, **changed) -> Seen:
    one = finding(verdict, **changed)
    return Seen(run(gate=one.gate), one)
