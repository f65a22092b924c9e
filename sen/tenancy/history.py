"""What happened to a request and its tenant, in one list: approvals of before, and the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sen.evidence.record import Record
from stacks.components.manifest import Manifest

Row = dict[str, object]


def history(request: Manifest, records: Iterable[Record]) -> list[Row]:
    """Give a row per approval that stood and per record about it, oldest first."""
    meta, status = request["metadata"], request.get("status") or {}
    ours = {f"{meta['namespace']}/{meta['name']}", status.get("tenant")} - {None}
    rows = [_approved(each) for each in status.get("history", ())]
    rows += [_recorded(each) for each in records if _speaks_of(each, ours)]
    return sorted(rows, key=lambda row: str(row["at"]))


def _approved(past: Mapping[str, Any]) -> Row:
    what = f"{past.get('says', '')}; ends {past['ends']}; {past['price_vnd']} VND/month"
    return {"at": past["at"], "what": "approved", "by": ", ".join(past["by"]), "says": what}


def _recorded(record: Record) -> Row:
    said = ", ".join(f"{key} {value}" for key, value in sorted(record.data.items()))
    return {"at": record.at, "what": record.act, "by": record.by, "says": said[:200]}


def _speaks_of(record: Record, ours: set[Any]) -> bool:
    return record.about in ours or record.data.get("request") in ours
