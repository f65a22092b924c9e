"""Findings as lines: what all findings of a rule share is written once, before the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from policies.finding import Finding, Gate, Place, Target, Verdict
from policies.rule import Action
from policies.text import Text
from sen.assessment.run import moment

SHARED = ("rule", "controls", "message", "remedy")

Record = dict[str, Any]


def records(findings: Iterable[Finding]) -> Iterator[Record]:
    """Give `{said: n, rule, controls, message, remedy}` lines and findings that refer to them."""
    known: dict[tuple[object, ...], int] = {}
    for finding in findings:
        key = (finding.rule, finding.controls, finding.message, finding.remedy)
        whole = finding.record()
        if key not in known:
            known[key] = len(known)
            yield {"said": known[key], **{part: whole[part] for part in SHARED}}
        own = {part: each for part, each in whole.items() if part not in (*SHARED, "object")}
        yield {"finding": known[key], **own}


class Reader:
    """Reads what `records` wrote, line by line."""

    def __init__(self) -> None:
        self._said: dict[int, Mapping[str, Any]] = {}

    def take(self, line: Mapping[str, Any]) -> Finding | None:
        """Give the finding of a line; none where the line only says what others share.

        Raises:
            KeyError, ValueError, TypeError: It is no such line, or refers to none before it.
        """
        if "said" in line:
            self._said[line["said"]] = _shared(line)
            return None
        return _finding(line, self._said[line["finding"]])


def _shared(line: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "rule": str(line["rule"]),
        "controls": tuple(line["controls"]),
        "message": Text.model_construct(**line["message"]),
        "remedy": Text.model_construct(**line["remedy"]),
    }


def _finding(line: Mapping[str, Any], shared: Mapping[str, Any]) -> Finding:
    return Finding(
        **shared,
        target=Target(**line["target"]),
        verdict=Verdict(line["verdict"]),
        action=Action(line["action"]),
        gate=Gate(line["gate"]),
        seen_at=moment(line["seen_at"]),
        level=int(line["level"]),
        unknown=tuple(line["unknown"]),
        place=Place(**line["place"]) if "place" in line else None,
        waiver=line.get("waiver", ""),
        evidence=line.get("evidence", ""),
    )
