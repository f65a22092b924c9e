"""Kubernetes objects as plain manifests: the same for Pulumi, for kubectl and for the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Manifest = Mapping[str, Any]

STACK_LABEL = "sen.gov.vn/stack"
FIELD_MANAGER = "pulumi.com/patchFieldManager"


def manifest(api_version: str, kind: str, name: str, **rest: object) -> dict[str, Any]:
    """Give an object; `namespace`, `labels` and `annotations` go into its metadata."""
    metadata: dict[str, object] = {"name": name}
    for key in ("namespace", "labels", "annotations"):
        if key in rest:
            metadata[key] = rest.pop(key)
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}


def token(one: Manifest) -> str:
    """Give Pulumi's type token of an object: `kubernetes:apps/v1:Deployment`."""
    version = one["apiVersion"]
    return f"kubernetes:{version if '/' in version else 'core/' + version}:{one['kind']}"
