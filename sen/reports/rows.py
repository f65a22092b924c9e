"""States and runs as rows, for tables, JSON and YAML."""

from __future__ import annotations

from collections.abc import Iterable

from sen.assessment.run import Run
from sen.assessment.state import State
from sen.reports.typography import Pen


def state_rows(states: Iterable[State], pen: Pen) -> list[dict[str, object]]:
    """Give a row a control, with the run and the object that decide."""
    return [_row(each, pen) for each in states]


def _row(state: State, pen: Pen) -> dict[str, object]:
    seen, last = state.deciding, state.last
    return {
        "control": state.control.id,
        "title": pen.either(state.control.title_vi, state.control.title_en),
        "status": state.status.value,
        "why": ", ".join(lack.value for lack in state.lacks) or None,
        "last_seen": last.finding.seen_at.isoformat() if last else None,
        "stale_from": state.stale_from.isoformat() if state.stale_from else None,
        "objects": state.objects,
        "gates": ", ".join(state.gates) or None,
        "rule": seen.finding.rule if seen else None,
        "object": seen.finding.object if seen else None,
        "run": seen.run.id if seen else None,
    }


def run_rows(runs: Iterable[Run]) -> list[dict[str, object]]:
    """Give a row a run, newest last."""
    return [each.record() for each in runs]
