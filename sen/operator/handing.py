"""Hands a tenant's things over: dumps, copies of volumes, an archive that is kept and recorded.

Only then is the tenant closed; what is not complete, or does not answer, is said and waited for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sen.evidence import Act
from sen.operator.course import condition
from sen.operator.plan import Said
from sen.operator.telling import Means, Teller
from sen.tenancy.life import elsewhere
from sen.tenancy.life.export import export
from sen.tenancy.life.hook import Hook, run_hooks
from sen.tenancy.life.rights import open_to
from sen.tenancy.life.snapshot import LATE, Copy, hindrance, take
from stacks.models.life import Course
from stacks.models.objects.status import Phase
from stacks.problem import Problem, ProblemError

Object = Mapping[str, Any]
OPERATOR = "sen-operator"
WAITS = "ArchiveWaits"


class Handing:
    """Hands over; every step may be done again."""

    def __init__(self, teller: Teller, means: Means) -> None:
        self._teller, self._means = teller, means

    def hand_over(self, tenant: Object, request: Object | None, found: Course) -> Object:
        """Write, keep and record the archive and close the tenant, or say what is waited for."""
        try:
            return self._handed(tenant, request, found)
        except ProblemError as error:
            return self._teller.say(tenant, {"Ending": archive_waits(tenant, error)})

    def _handed(self, tenant: Object, request: Object | None, found: Course) -> Object:
        name, ends = tenant["metadata"]["name"], tenant["spec"]["ends"]
        open_to(self._means.objects, name, self._means.myself(), self._teller.today())
        hooks = run_hooks(self._means.objects, name, ends)
        open_hooks = [each for each in hooks if each.state != "complete"]
        if open_hooks:
            words = Problem("life-hook-open", name, {"hook": open_hooks[0].name}).both()
            return self._teller.say(tenant, {"Ending": Said("True", "ExportWaits", words)})
        self._means.shelf.answers()
        copies = take(self._means.objects, name, ends, self._teller.clock())
        copied = any(each.what == "volume" for each in hooks)
        if (held_up := hindrance(copies, hooked=copied)) is not None:
            return self._teller.say(tenant, {"Ending": _held_up(name, held_up)})
        if (
            condition(tenant, "Ending").get("reason") != WAITS
        ):  # said in turn, they would never rest
            words = Problem("life-leaves", name, {"leaves": found.leaves_on}).both()
            said = {"Ending": Said("True", "HandingOver", words)}
            tenant = self._teller.say(tenant, said, phase=Phase.OFFBOARDING)
        tenant = self._archived(tenant, request, hooks, copies)
        stamp = self._teller.clock().isoformat()
        return self._teller.api.amend(tenant, {"closed_at": stamp})

    def _archived(
        self,
        tenant: Object,
        request: Object | None,
        hooks: Sequence[Hook],
        copies: Sequence[Copy],
    ) -> Object:
        """Write the archive, put it where it is kept, and record where that is."""
        name, objects, shelf = tenant["metadata"]["name"], self._means.objects, self._means.shelf
        papers = self._means.papers(tenant, request)
        handed = export(objects, name, shelf.draft(tenant), hooks, papers, copies)
        outside = elsewhere.count(objects, name, self._teller.today())
        data = {
            "sha256": handed.digest,
            "counts": {**handed.counts, **outside},
            "missing": list(handed.missing),
            "volumes": [each.row() for each in copies],
            **shelf.keep(tenant, handed.digest, self._teller.clock()),
        }
        self._means.once(Act("tenant.export", OPERATOR, name, data), "sha256")
        return self._teller.say(tenant, {}, archive=handed.digest)


def archive_waits(tenant: Object, error: ProblemError) -> Said:
    """Say why an archive is not kept, or cannot be read."""
    why = error.problems[0].both() if error.problems else type(error).__name__
    words = Problem("ending-archive-waits", tenant["metadata"]["name"], {"why": why}).both()
    return Said("True", WAITS, words)


def _held_up(name: str, copy: Copy) -> Said:
    late = copy.state == LATE
    key = "ending-snapshot-late" if late else "ending-snapshot-waits"
    values = {"claim": copy.claim, "snapshot": copy.snapshot, "why": copy.why}
    words = Problem(key, name, values).both()
    return Said("True", "SnapshotLate" if late else "SnapshotWaits", words)
