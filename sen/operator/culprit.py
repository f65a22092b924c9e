"""Who edited an object by hand: by the API server's audit log, else by the object's own notes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OWN = "sen"
UNKNOWN = "unknown"
TAIL_BYTES = 4 << 20
_CHANGES = frozenset({"create", "update", "patch", "delete", "deletecollection"})
Object = Mapping[str, Any]


@dataclass(frozen=True)
class Reference:
    """An object as the audit log names it."""

    resource: str
    namespace: str
    name: str


def culprit(audit_log: Path | None, one: Reference, owner: str) -> str:
    """Give who changed an object last: a user of the audit log, else a field manager."""
    user = last_user(audit_log, one) if audit_log and audit_log.is_file() else ""
    return user or (f"manager:{owner}" if owner else UNKNOWN)


def owner_of(live: Object, path: str) -> str:
    """Give the field manager that owns a field, another than Sen's if one does; empty for none."""
    owners = [
        (str(each.get("time", "")), str(each["manager"]))
        for each in live["metadata"].get("managedFields") or ()
        if not each.get("subresource") and _owns(each.get("fieldsV1") or {}, path)
    ]
    others = [each for each in owners if each[1] != OWN]
    return max(others or owners, default=("", ""))[1]


def last_user(audit_log: Path, one: Reference) -> str:
    """Give the user of the last change that the end of the log holds; empty where there is none."""
    for line in _backwards(audit_log):
        if one.name.encode() not in line:
            continue
        try:
            event = json.loads(line)
            ref = event["objectRef"]
            same = (ref["resource"], ref.get("name")) == (one.resource, one.name)
            inside = ref.get("namespace", one.namespace) == one.namespace
            if same and inside and event["verb"] in _CHANGES and _done(event):
                return str((event.get("impersonatedUser") or event["user"])["username"])
        except (ValueError, KeyError, TypeError):
            continue
    return ""


def _done(event: Mapping[str, Any]) -> bool:
    code = (event.get("responseStatus") or {}).get("code", 0)
    return bool(200 <= code < 300)  # noqa: PLR2004 - what HTTP calls a success


def _backwards(log: Path) -> Iterator[bytes]:
    with log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL_BYTES))
        yield from reversed(file.read().splitlines())


def _owns(fields: Mapping[str, Any], path: str) -> bool:
    """Say whether a manager's set holds a field, or the list or map around it as a whole.

    Names hold dots themselves (`requests.cpu`, labels), so a path is taken off from its front.
    """
    if not fields or not path:
        return True
    for key, inside in fields.items():
        name = key.removeprefix("f:")
        if path == name or path.startswith(f"{name}."):
            return _owns(inside, path[len(name) + 1 :])
    return any(key[:2] in ("k:", "v:") for key in fields)
