"""Objects that a cluster judges as it is given them: by quota, Pod Security and rules."""

from __future__ import annotations

import json
from typing import Protocol

from kubernetes.dynamic.exceptions import (
    BadRequestError,
    DynamicApiError,
    ForbiddenError,
    UnprocessibleEntityError,
)

from sen.runs.cluster import connected
from sen.tenancy.life.objects import LiveObjects, Object, Objects
from stacks.problem import Problem, ProblemError

REFUSED = "tenant-side-refused"
_MANAGER = "sen-migration"
_REFUSALS = (ForbiddenError, BadRequestError, UnprocessibleEntityError)


class Applying(Objects, Protocol):
    """Objects of a cluster that also judges what it is given."""

    def apply(self, thing: Object, *, look: bool = False) -> None:
        """Make an object, or only let it be judged.

        Raises:
            ProblemError: Quota, Pod Security or a rule refuses it.
        """


class LiveApplying(LiveObjects):
    """The same at a real API server, by server-side apply."""

    def apply(self, thing: Object, *, look: bool = False) -> None:
        meta = thing["metadata"]
        place = {"name": meta["name"], "namespace": meta.get("namespace")}
        given = {"dry_run": "All"} if look else {}
        with connected(*self._where) as dynamic:
            kind = dynamic.resources.get(api_version=thing["apiVersion"], kind=thing["kind"])
            try:
                dynamic.server_side_apply(
                    kind, thing, **place, field_manager=_MANAGER, force_conflicts=True, **given
                )
            except _REFUSALS as error:
                values = {"namespace": meta.get("namespace") or meta["name"], "why": _words(error)}
                about = f"{thing['kind']}/{meta['name']}"
                raise ProblemError(Problem(REFUSED, about, values)) from None


def _words(error: DynamicApiError) -> str:
    """Give what the API server says: the rule, or the quota and its figures."""
    try:
        return str(json.loads(error.body)["message"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason)
