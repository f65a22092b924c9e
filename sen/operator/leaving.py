"""The last steps of a tenant: all is handed over, then removed, then it is recorded that it is so.

What removes data needs, in this order: that the grace is over, an archive with checksums, a record
of it, and `closed_at`, which the API server refuses while a legal hold stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sen.evidence import Act
from sen.local.files import write_private
from sen.operator.course import is_removed
from sen.operator.plan import Said
from sen.operator.telling import Means, Teller
from sen.tenancy.life import elsewhere
from sen.tenancy.life.archive import SUMS
from sen.tenancy.life.export import export
from sen.tenancy.life.hook import run_hooks
from sen.tenancy.life.objects import Kind
from stacks.models.life import Course
from stacks.models.objects.status import Phase
from stacks.problem import Problem

Object = Mapping[str, Any]
OPERATOR = "sen-operator"
NAMESPACE = Kind("v1", "Namespace")


class Leaving:
    """Hands over and removes; every step may be done again."""

    def __init__(self, teller: Teller, means: Means) -> None:
        self._teller, self._means = teller, means

    def hand_over(self, tenant: Object, request: Object | None, found: Course) -> Object:
        """Write the archive, record it, and close the tenant; not before every dump is complete."""
        name, objects = tenant["metadata"]["name"], self._means.objects
        hooks = run_hooks(objects, name)
        open_hooks = [each for each in hooks if each.state != "complete"]
        if open_hooks:
            words = Problem("life-hook-open", name, {"hook": open_hooks[0].name}).text()
            return self._teller.say(tenant, {"Ending": Said("True", "ExportWaits", words)})
        words = Problem("life-leaves", name, {"leaves": found.leaves_on}).text()
        said = {"Ending": Said("True", "HandingOver", words)}
        tenant = self._teller.say(tenant, said, phase=Phase.OFFBOARDING)
        papers = self._means.papers(tenant, request)
        handed = export(objects, name, self._folder(tenant), hooks, papers)
        outside = elsewhere.count(objects, name, self._teller.today())
        data = {
            "sha256": handed.digest,
            "counts": {**handed.counts, **outside},
            "missing": list(handed.missing),
        }
        self._means.once(Act("tenant.export", OPERATOR, name, data), "sha256")
        tenant = self._teller.say(tenant, {}, archive=handed.digest)
        stamp = self._teller.clock().isoformat()
        return self._teller.api.amend(tenant, {"closed_at": stamp})

    def leave(self, tenant: Object) -> Object:
        """Go on with a removal that has begun; wait for the stack, then for the API's 404."""
        name, objects = tenant["metadata"]["name"], self._means.objects
        if not is_removed(tenant):
            return tenant
        if objects.get(NAMESPACE, name) is not None:
            words = Problem("life-not-gone", name).text()
            return self._teller.say(tenant, {"Ending": Said("True", "WaitsForApi", words)})
        today = self._teller.today()
        elsewhere.end(objects, name, today)
        after = {"namespaces": 0, **elsewhere.count(objects, name, today)}
        report = self._report(tenant, after)
        act = Act("tenant.offboard", OPERATOR, name, report)
        self._means.once(act, "closed_at")
        text = json.dumps({"tenant": name, **report}, indent=1, ensure_ascii=False) + "\n"
        write_private(self._folder(tenant).parent / "report.json", text)
        self._means.seal()
        said = {
            "Ending": Said("False", "Ended"),
            "Offboarded": Said("True", "Removed", Problem("life-gone", name).text()),
        }
        return self._teller.say(tenant, said, phase=Phase.OFFBOARDED)

    def _report(self, tenant: Object, after: Mapping[str, int]) -> dict[str, Any]:
        """Give what there was, what is left, and what of it others still name."""
        folder = self._folder(tenant)
        sums = (folder / SUMS).read_bytes()
        return {
            "closed_at": str(tenant["spec"]["closed_at"]),
            "ends": tenant["spec"]["ends"],
            "sha256": hashlib.sha256(sums).hexdigest(),
            "files": len(sums.splitlines()),
            "before": json.loads((folder / "counts.json").read_text("utf-8")),
            "after": dict(after),
            "still_named_by": elsewhere.named_by(self._means.objects, tenant["metadata"]["name"]),
        }

    def _folder(self, tenant: Object) -> Path:
        name, ends = str(tenant["metadata"]["name"]), tenant["spec"]["ends"]
        return self._means.archives / name / f"{name}-{ends}"
