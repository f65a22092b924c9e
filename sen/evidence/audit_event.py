"""What one line of the API server's audit log means: whether it counts, who did it, from outside.

User agent and field manager are the caller's own words; the user name is proven. So only the
platform's own accounts are believed to be the platform.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sen.evidence.record import Act
from stacks.models.label import PREFIX
from stacks.models.objects import GROUP

VERBS = frozenset({"create", "update", "patch", "delete", "deletecollection"})
GOVERNED_GROUPS = frozenset({GROUP, "rbac.authorization.k8s.io", "admissionregistration.k8s.io"})
# Machines write these every few seconds; they say nothing about what was done.
NOISE = frozenset({"events", "leases"})
# The founder binds the first roles when a platform comes up, and is gone then.
ADMIN, FOUNDER = "sen:admin", "sen:founder"
PLATFORM_PARTS = {
    "system:apiserver": "kube-apiserver/",
    "system:kube-controller-manager": "kube-controller-manager/",
    "system:kube-scheduler": "kube-scheduler/",
    "sen:kwok": "kwok/",
}
CONTROLLERS, OWN_ACCOUNTS = (
    f"system:serviceaccount:{namespace}:" for namespace in ("kube-system", "sen-system")
)
MANAGERS = frozenset({"sen", "sen-gitops", "sen-local", "sen-waivers"})
PULUMI, PYTHON = "pulumi-kubernetes", "OpenAPI-Generator/"
_LONGEST = 200
# The agency's label as text; in a JSON patch a slash is written ~1.
_LABELS = tuple(f"{PREFIX}{slash}agency".encode() for slash in ("/", "~1"))

Event = Mapping[str, Any]


def read(line: bytes) -> Event | None:
    """Give the event of a line; None when it is no event, as after a kill while it was written."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("stage"), str) else None


def opened(event: Event, line: bytes) -> str | None:
    """Give the namespace that an event makes an agency's, if it does."""
    if not any(label in line for label in _LABELS) or not _changes(event):
        return None
    ref = _part(event, "objectRef")
    if ref.get("resource") != "namespaces" or _code(event) >= 300:  # noqa: PLR2004 - HTTP
        return None
    return _text(ref.get("name")) or _text(_requested_name(event)) or None


def counts(event: Event, namespaces: AbstractSet[str]) -> bool:
    """Say whether an event changed, or tried to change, what is governed."""
    ref = _part(event, "objectRef")
    if not _changes(event) or ref.get("resource") in NOISE:
        return False
    if ref.get("subresource") in {"status", "finalize"} and not outside(event):
        return False
    return (
        ref.get("apiGroup") in GOVERNED_GROUPS
        or ref.get("resource") == "namespaces"
        or _text(ref.get("namespace")) in namespaces
        or (
            ref.get("resource") == "customresourcedefinitions"
            and _text(ref.get("name")).endswith(f".{GROUP}")
        )
    )


def outside(event: Event) -> bool:
    """Say whether a request was made by something else than the platform's own runs."""
    user, agent = _user(event), _text(event.get("userAgent"))
    manager = "".join(_query(event).get("fieldManager", ()))
    if user in PLATFORM_PARTS or user.startswith(CONTROLLERS):
        return not agent.startswith(PLATFORM_PARTS.get(user, "kube-"))
    if user.startswith(OWN_ACCOUNTS):
        return False
    if user == FOUNDER:
        return manager != "sen-local"
    ours = manager in MANAGERS or manager.startswith(PULUMI) or agent.startswith(PULUMI)
    return user != ADMIN or not (ours or _by_operator(event, agent))


def act_of(event: Event, line: bytes) -> Act:
    """Write an event down without its bodies."""
    ref = _part(event, "objectRef")
    kind = ".".join(filter(None, (_text(ref.get("resource")), _text(ref.get("apiGroup")))))
    name = _text(ref.get("name")) or _text(_requested_name(event))
    namespace = _text(ref.get("namespace"))
    about = name if ref.get("resource") == "namespaces" else namespace
    data = {
        "audit_id": _text(event.get("auditID")),
        "line": digest(line),
        "requested": _text(event.get("requestReceivedTimestamp")),
        "user": _user(event),
        "groups": _groups(event),
        "acts_as": _text(_part(event, "impersonatedUser").get("username")),
        "agent": _text(event.get("userAgent")),
        "verb": event["verb"],
        "object": "/".join(filter(None, (kind, name, _text(ref.get("subresource"))))),
        "namespace": namespace,
        "code": _code(event),
        "outside": outside(event),
    }
    return Act(f"api.{event['verb']}", data["user"] or "unknown", about or data["object"], data)


def unreadable(line: bytes, log: str) -> Act:
    """Write down that a line of the log could not be read: what it hid, nobody knows."""
    data = {"line": digest(line), "bytes": len(line), "requested": "", "outside": True}
    return Act("api.unreadable", "kube-apiserver", log, data)


def digest(line: bytes) -> str:
    """Tell a line from all others. The audit id cannot: a caller may choose it (`Audit-ID`)."""
    return hashlib.sha256(line).hexdigest()


def _changes(event: Event) -> bool:
    if event["stage"] != "ResponseComplete" or event.get("verb") not in VERBS:
        return False
    # Others, such as `exec`, do not know the word, and it would hide them.
    knows = _part(event, "objectRef").get("subresource") in {None, "", "status", "scale"}
    return not (knows and "dryRun" in _query(event))


def _by_operator(event: Event, agent: str) -> bool:
    """Say whether the platform writes what only the operator writes: tenants and statuses."""
    ref = _part(event, "objectRef")
    written = ref.get("resource") == "tenants" or ref.get("subresource") == "status"
    return ref.get("apiGroup") == GROUP and written and agent.startswith(PYTHON)


def _query(event: Event) -> Mapping[str, list[str]]:
    try:
        return parse_qs(urlsplit(_text(event.get("requestURI"), 4096)).query)
    except ValueError:
        return {}


def _requested_name(event: Event) -> object:
    meta = _part(_part(event, "requestObject"), "metadata")
    return meta.get("name") or meta.get("generateName")


def _user(event: Event) -> str:
    return _text(_part(event, "user").get("username"))


def _groups(event: Event) -> list[str]:
    groups = _part(event, "user").get("groups")
    return [_text(each) for each in groups] if isinstance(groups, list) else []


def _code(event: Event) -> int:
    code = _part(event, "responseStatus").get("code")
    return code if isinstance(code, int) else 0


def _part(event: Event, name: str) -> Mapping[str, Any]:
    part = event.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(value: object, longest: int = _LONGEST) -> str:
    """Give text that a record can hold, whatever the caller put there."""
    if not isinstance(value, str):
        return ""
    return value[:longest].encode("utf-8", "replace").decode("utf-8")
