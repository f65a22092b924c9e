"""Who did what when to a request: from the request, the decisions and the conditions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sen.portal.reading import Thing
from sen.portal.words import N_

CONDITIONS: Mapping[tuple[str, str], str] = {
    ("Priced", "True"): N_("Price reckoned"),
    ("Approved", "True"): N_("Approved by everybody who had to"),
    ("Provisioned", "True"): N_("Built"),
    ("Provisioned", "False"): N_("Not built"),
    ("Ready", "True"): N_("Ready"),
    ("Ready", "False"): N_("Not ready"),
    ("Compliant", "True"): N_("Keeps the rules"),
    ("Compliant", "False"): N_("Breaks a rule"),
    ("Ending", "True"): N_("Is coming to its end"),
    ("Offboarded", "True"): N_("Ended and handed over"),
}
REASONS: Mapping[tuple[str, str], str] = {
    ("Approved", "Rejected"): N_("Refused"),
    ("Approved", "Waiting"): N_("Waits for decisions"),
    ("Approved", "Invalid"): N_("Breaks a rule"),
    ("Provisioned", "QuotaShort"): N_("Not enough quota or budget is left"),
    ("Transfer", "Offered"): N_("Offered to another agency"),
    ("Transfer", "TransferWaits"): N_("Cannot be taken over yet"),
    ("Transfer", "TakenOver"): N_("Taken over from another agency"),
    ("Transfer", "HandedOver"): N_("Handed over to another agency"),
}
# Kubernetes knows the second only; within one, things happen in this order.
_FIRST = ("Asked", "Breaks a rule", "Price reckoned", "Waits for decisions")
_BETWEEN = len(_FIRST)
_LAST = ("Refused", "Approved by everybody who had to", "Approved as it was then")
_THEN = ("Not enough quota or budget is left", "Not built", "Built", "Not ready", "Ready")
_COURSE = {
    what: place + (place >= _BETWEEN) for place, what in enumerate((*_FIRST, *_LAST, *_THEN))
}
_EVER = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class Step:
    """One line of the timeline.

    Attributes:
        what: English, translated when it is shown.
        tone: `good`, `bad` or nothing.
    """

    when: str
    who: str
    what: str
    detail: str = ""
    role: str = ""
    tone: str = ""

    @property
    def moment(self) -> dt.datetime:
        """Give when it was; what has no time was before everything."""
        if not self.when:
            return _EVER
        given = dt.datetime.fromisoformat(self.when)
        return given if given.tzinfo else given.replace(tzinfo=dt.UTC)


def timeline(request: Thing, approvals: Sequence[Thing], digest: str | None) -> tuple[Step, ...]:
    """Give the steps, the newest first."""
    steps = [_asked(request), *_decisions(approvals, digest), *of_conditions(request)]
    return ordered(steps)


def ordered(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Give steps, the newest first; of one second, what can only follow another comes after it."""
    return tuple(sorted(steps, key=_place, reverse=True))


def _place(step: Step) -> tuple[dt.datetime, int, dt.datetime]:
    return step.moment.replace(microsecond=0), _COURSE.get(step.what, _BETWEEN), step.moment


def of_request(approvals: Sequence[Thing], name: str) -> list[Thing]:
    """Give the decisions about one request."""
    return [each for each in approvals if each["spec"]["request"] == name]


def _asked(request: Thing) -> Step:
    spec, meta = request["spec"], request["metadata"]
    made = meta.get("creationTimestamp", "")
    return Step(made, spec["requested_by"], N_("Asked"), spec.get("reason", ""))


def _decisions(approvals: Sequence[Thing], digest: str | None) -> Iterator[Step]:
    for each in approvals:
        spec = each["spec"]
        agreed = spec["decision"] == "approve"
        outdated = spec["material"] != digest
        what = N_("Agreed") if agreed else N_("Refused")
        if outdated:
            what = N_("Agreed to an earlier state") if agreed else N_("Refused an earlier state")
        detail = " · ".join(spec[key] for key in ("document", "reason") if spec.get(key))
        tone = "" if outdated else "good" if agreed else "bad"
        made = each["metadata"].get("creationTimestamp", "")
        yield Step(made, spec["by"], what, detail, spec["role"], tone)


def of_conditions(thing: Thing) -> Iterator[Step]:
    """Give a step for each condition that has words for people."""
    for each in (thing.get("status") or {}).get("conditions") or ():
        what = _words(each)
        if what is None:
            continue
        bad = each["status"] == "False" and each.get("reason") != "Waiting"
        detail = "" if each.get("reason") == "Waiting" else each.get("message", "")
        tone = "bad" if bad else "good" if each["type"] == "Ready" else ""
        yield Step(each["lastTransitionTime"], "", what, detail, tone=tone)


def _words(condition: Mapping[str, Any]) -> str | None:
    kind = condition["type"]
    special = REASONS.get((kind, condition.get("reason", "")))
    return special or CONDITIONS.get((kind, condition["status"]))
