"""Looks at a cloud account for `sen check cloud`, and says what of it could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from policies import words
from policies.finding import Finding, Gate, Target, Verdict
from policies.gates.choice import Choice
from policies.gates.cloud import Description, findings, look
from policies.judge import Judge
from policies.rule import Action
from sen.errors import MissingPartError
from sen.findings.report import Report, of_findings
from stacks.problem import Problem

READABLE = "cloud-readable"


def check(region: str, endpoint: str | None, account: str | None, choice: Choice) -> Report:
    """Judge an account in one region; `account` names the profile of its credentials.

    Raises:
        MissingPartError: There are no credentials, or the services do not answer.
    """
    try:
        session = boto3.Session(profile_name=account)
        described = look(session, endpoint_url=endpoint, region=region, now=choice.at)
    except (BotoCoreError, ClientError) as error:
        values = {"why": type(error).__name__}
        raise MissingPartError(Problem("check-cloud", endpoint or region, values)) from error
    if described.unread and not described.objects:
        values = {"why": ", ".join(sorted({each.code for each in described.unread}))}
        raise MissingPartError(Problem("check-cloud", endpoint or region, values))
    level = choice.level or choice.default_level
    found = findings(described, Judge(choice.rules, choice.day), level)
    unread = unseen(described, level, choice.at)
    return of_findings(
        Gate.CLOUD,
        f"cloud {region}",
        choice.at,
        choice.rules,
        len(described.objects),
        (*found, *unread),
    )


def unseen(described: Description, level: int, at: datetime) -> Iterator[Finding]:
    """Say what could not be looked at: silence would read as a pass."""
    for each in described.unread:
        yield Finding(
            rule=READABLE,
            controls=(),
            target=Target("cloud", each.what),
            verdict=Verdict.NOT_ASSESSED,
            action=Action.WARN,
            message=words.message("check-cloud-unread", code=each.code),
            remedy=words.remedy("check-cloud-unread"),
            gate=Gate.CLOUD,
            seen_at=at,
            level=level,
        )
