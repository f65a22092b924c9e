"""The review of who has which right, at the interval of the tenant's level (TCVN14423/AC-04)."""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import json

from policies.catalogue.demand import shelf_life
from policies.scope import scope
from sen.access.binding import (
    REVIEWED,
    REVIEWED_BY,
    ends,
    is_system,
    marks,
    ours,
    people,
    tenant_of,
)
from sen.access.cluster import ROLE_BINDING, Cluster, Object
from sen.access.recording import recorded
from sen.evidence.chain import Chain
from sen.evidence.record import Act
from sen.tenancy.listing import AGENCY, under
from stacks.models.label import PREFIX

CONTROL = "TCVN14423/AC-04"
# What was looked at: a binding with other subjects was not reviewed.
CONTENT = f"{PREFIX}/reviewed-content"
_MONTHS_IN_YEAR = 12


def review(
    cluster: Cluster,
    now: dt.datetime,
    *,
    tenant: str | None = None,
    agency: str | None = None,
    within: int | None = None,
) -> list[dict[str, object]]:
    """Give a row per binding of a tenant, of an agency with those under it, or of all tenants.

    With `within`, only what is due in so many days: 0 is what is due today or overdue.

    Raises:
        ProblemError: There is no such tenant.
    """
    if tenant:
        homes = [tenant_of(cluster, tenant)]
    else:
        homes = [each for each in cluster.namespaces(AGENCY) if _is_of(each, agency)]
    by_name = {each["metadata"]["name"]: each for each in homes}
    found = (
        row_of(each, by_name[each["metadata"]["namespace"]], now)
        for each in cluster.each(ROLE_BINDING, tenant)
        if each["metadata"]["namespace"] in by_name and not is_system(each)
    )
    last = now.date() + dt.timedelta(days=within or 0)
    due = (row for row in found if within is None or str(row["due"]) <= last.isoformat())
    return sorted(
        due, key=lambda row: (str(row["due"]), str(row["namespace"]), str(row["binding"]))
    )


def row_of(binding: Object, home: Object, now: dt.datetime) -> dict[str, object]:
    """Say when a binding was looked at, and until when that holds."""
    level = scope().level(home)
    months = shelf_life(CONTROL, level) or _MONTHS_IN_YEAR
    reviewed = _reviewed(binding)
    made = dt.datetime.fromisoformat(binding["metadata"]["creationTimestamp"])
    due = later((reviewed or made).astimezone(dt.UTC).date(), months)
    meta = binding["metadata"]
    return {
        "namespace": meta["namespace"],
        "binding": meta["name"],
        "role": binding["roleRef"]["name"],
        "subjects": ", ".join(people(binding)),
        "ends": ends(binding),
        "level": level,
        "every_months": months,
        "reviewed": reviewed.astimezone(dt.UTC).date().isoformat() if reviewed else None,
        "reviewed_by": marks(binding).get(REVIEWED_BY) if reviewed else None,
        "due": due.isoformat(),
        "overdue": due <= now.date(),
    }


def confirm(cluster: Cluster, chain: Chain, namespace: str, name: str, now: dt.datetime) -> Object:
    """Say that a binding is still needed as it is; recorded first."""
    found, me = ours(cluster, namespace, name), cluster.myself()
    noted = {
        REVIEWED: now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        REVIEWED_BY: me,
        CONTENT: content(found),
    }
    with recorded(chain, Act("access.confirm", me, f"{namespace}/{name}", _what(found))):
        meta = found["metadata"]
        notes = {**(meta.get("annotations") or {}), **noted}
        return cluster.replace({**found, "metadata": {**meta, "annotations": notes}})


def revoke(cluster: Cluster, chain: Chain, namespace: str, name: str) -> Object:
    """Take a binding away as it was read; recorded first. Give what it was."""
    found = ours(cluster, namespace, name)
    act = Act("access.revoke", cluster.myself(), f"{namespace}/{name}", _what(found))
    with recorded(chain, act):
        cluster.delete(found)
    return found


def comes_back(binding: Object) -> bool:
    """Say whether a tenant's run binds it anew, because a request or a desk names it."""
    return str(binding["metadata"]["name"]).startswith(("tenant-", "sen-"))


def content(binding: Object) -> str:
    """Give a digest of the role and the subjects."""
    what = json.dumps([binding["roleRef"], sorted(people(binding))], sort_keys=True)
    return hashlib.sha256(what.encode()).hexdigest()[:16]


def later(day: dt.date, months: int) -> dt.date:
    """Give the same day some months on, or the last one of that month."""
    years, month = divmod(day.month - 1 + months, _MONTHS_IN_YEAR)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def _reviewed(binding: Object) -> dt.datetime | None:
    """Give when it was looked at; not if it was another binding then, or the note is no time."""
    found = marks(binding)
    if found.get(CONTENT) != content(binding):
        return None
    try:
        at = dt.datetime.fromisoformat(found.get(REVIEWED, ""))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _what(binding: Object) -> dict[str, object]:
    return {"role": binding["roleRef"]["name"], "subjects": people(binding)}


def _is_of(home: Object, agency: str | None) -> bool:
    return agency is None or under(home["metadata"]["labels"][AGENCY], agency)
