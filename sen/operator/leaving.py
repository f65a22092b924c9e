"""The last steps of a tenant, after all was handed over: it is removed, and recorded that it is so.

What removes data needs, in this order: that the grace is over, an archive with checksums, a record
of it, and `closed_at`, which the API server refuses while a legal hold stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sen.evidence import Act
from sen.operator.course import is_removed
from sen.operator.handing import archive_waits
from sen.operator.plan import Said
from sen.operator.telling import Means, Teller
from sen.tenancy.life import elsewhere
from sen.tenancy.life.archive import SUMS
from sen.tenancy.life.objects import Kind
from stacks.models.objects.status import Phase
from stacks.problem import Problem, ProblemError

Object = Mapping[str, Any]
OPERATOR = "sen-operator"
NAMESPACE = Kind("v1", "Namespace")


class Leaving:
    """Removes; every step may be done again."""

    def __init__(self, teller: Teller, means: Means) -> None:
        self._teller, self._means = teller, means

    def leave(self, tenant: Object) -> Object:
        """Go on with a removal that has begun, or say what it waits for."""
        try:
            return self._left(tenant)
        except ProblemError as error:
            return self._teller.say(tenant, {"Ending": archive_waits(tenant, error)})

    def _left(self, tenant: Object) -> Object:
        """Wait for the stack, then for the API's 404; then write down what became of it."""
        name, objects = tenant["metadata"]["name"], self._means.objects
        if not is_removed(tenant):
            return tenant
        if objects.get(NAMESPACE, name) is not None:
            words = Problem("life-not-gone", name).both()
            return self._teller.say(tenant, {"Ending": Said("True", "WaitsForApi", words)})
        today = self._teller.today()
        elsewhere.end(objects, name, today)
        after = {"namespaces": 0, **elsewhere.count(objects, name, today)}
        report = self._report(tenant, after)
        act = Act("tenant.offboard", OPERATOR, name, report)
        self._means.once(act, "closed_at")
        text = json.dumps({"tenant": name, **report}, indent=1, ensure_ascii=False) + "\n"
        self._means.shelf.report(tenant, text, self._teller.clock())
        self._means.seal()
        said = {
            "Ending": Said("False", "Ended"),
            "Offboarded": Said("True", "Removed", Problem("life-gone", name).both()),
        }
        return self._teller.say(tenant, said, phase=Phase.OFFBOARDED)

    def _report(self, tenant: Object, after: Mapping[str, int]) -> dict[str, Any]:
        """Give what there was, what is left, and what of it others still name."""
        read, name = self._means.shelf.read, tenant["metadata"]["name"]
        sums = read(tenant, SUMS)
        return {
            "closed_at": str(tenant["spec"]["closed_at"]),
            "ends": tenant["spec"]["ends"],
            "sha256": hashlib.sha256(sums).hexdigest(),
            "files": len(sums.splitlines()),
            "before": json.loads(read(tenant, "counts.json")),
            "after": dict(after),
            "still_named_by": elsewhere.named_by(self._means.objects, name),
        }
