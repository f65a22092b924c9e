"""What one finding is worth on a day, for a system of a level."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from policies.catalogue import Regime, regime_on
from policies.finding import Finding, Verdict

VIET_NAM = timezone(timedelta(hours=7), "+07")


class Status(StrEnum):
    """The answer to "does it hold?", worst first."""

    FAIL = "fail"
    UNDETERMINED = "undetermined"
    NOT_ASSESSED = "not-assessed"
    STALE = "stale"
    WAIVED = "waived"
    PASS = "pass"  # noqa: S105 - an answer, no password


class Lack(StrEnum):
    """Why a control is not assessed, or not wholly."""

    NO_RULE = "no-rule"
    NEVER_SEEN = "never-seen"
    OTHER_LEVEL = "other-level"
    NOT_APPLICABLE = "not-applicable"
    GATE_COULD_NOT = "gate-could-not"
    NO_CLUSTER_RUN = "no-cluster-run"
    NO_HOST_RUN = "no-host-run"
    NO_CLOUD_RUN = "no-cloud-run"
    NO_EVIDENCE = "no-evidence"
    EVIDENCE_ENDED = "evidence-ended"


@dataclass(frozen=True)
class Moment:
    """When, and for which level, the question is asked.

    Attributes:
        waivers: Last day of each waiver by its id; None where the register is not known.
        classified: Day on which the system's level was approved; it decides the regime.
    """

    at: datetime
    level: int
    waivers: Mapping[str, date] | None = None
    classified: date | None = None

    @property
    def regime(self) -> Regime:
        """Give which standard and decree bind the system."""
        return regime_on(self.day, self.classified)

    @property
    def day(self) -> date:
        """Give the day as people in Viet Nam write it."""
        return self.at.astimezone(VIET_NAM).date()


_SAME: Mapping[Verdict, Status] = {
    Verdict.FAIL: Status.FAIL,
    Verdict.UNDETERMINED: Status.UNDETERMINED,
    Verdict.NOT_ASSESSED: Status.NOT_ASSESSED,
    Verdict.WAIVED: Status.WAIVED,
    Verdict.PASS: Status.PASS,
}


def weigh(finding: Finding, months: int, moment: Moment) -> tuple[Status | None, Lack | None]:
    """Give what a finding says of its control, or nothing and why.

    What passed at a lower level shows nothing here; what failed at a higher one may hold here. A
    failure does not heal by waiting, all that is green goes stale.
    """
    if finding.verdict is Verdict.NOT_APPLICABLE:
        return None, Lack.NOT_APPLICABLE
    status = _at_level(finding, moment)
    if status is Status.WAIVED and _waiver_ended(finding, moment):
        return Status.FAIL, None
    if status is Status.NOT_ASSESSED:
        elsewhere = finding.verdict is Verdict.PASS
        return status, Lack.OTHER_LEVEL if elsewhere else Lack.GATE_COULD_NOT
    green = status in {Status.PASS, Status.WAIVED}
    if green and later(finding.seen_at, months) < moment.at:
        return Status.STALE, None
    return status, None


def _at_level(finding: Finding, moment: Moment) -> Status:
    if finding.verdict is Verdict.PASS and finding.level < moment.level:
        return Status.NOT_ASSESSED
    if finding.verdict is Verdict.FAIL and finding.level > moment.level:
        return Status.UNDETERMINED
    return _SAME[finding.verdict]


def _waiver_ended(finding: Finding, moment: Moment) -> bool:
    """Say whether the waiver is past its last day, or stands in no register any more."""
    if moment.waivers is None:
        return False
    ends = moment.waivers.get(finding.waiver)
    return ends is None or ends < moment.day


def later(moment: datetime, months: int) -> datetime:
    """Add months; the 31st becomes the last day of a shorter month."""
    year, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + year, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
