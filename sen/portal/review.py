"""Questions to the API server about what somebody may do."""

from __future__ import annotations

from typing import Any

from stacks.models.objects import GROUP

ACCESS_REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


def listing(plural: str) -> dict[str, Any]:
    """Ask whether one may list all objects of a kind of ours, whichever desk they lie on."""
    return {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {"group": GROUP, "resource": plural, "verb": "list"}},
    }
