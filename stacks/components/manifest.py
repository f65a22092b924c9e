"""Kubernetes objects as plain manifests, and the one place that registers them with Pulumi.

Manifests, not the SDK's typed classes: the same dictionary goes to Pulumi, to kubectl in the bench
and to the rules, and registering one takes a fraction of the time (docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_kubernetes import Provider

from stacks.settings import Cluster

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


def register(name: str, one: Manifest, opts: pulumi.ResourceOptions) -> pulumi.CustomResource:
    """Register one object under its Pulumi name, marked with the stack that it belongs to.

    One field manager for all runs: an object that a killed run made is taken over by the next one
    as its own, and no second manager stays behind to quarrel with (server-side apply, KEP-555).
    """
    metadata = one["metadata"]
    marked = {
        **metadata,
        "labels": {**metadata.get("labels", {}), STACK_LABEL: pulumi.get_stack()},
        "annotations": {**metadata.get("annotations", {}), FIELD_MANAGER: "sen"},
    }
    return pulumi.CustomResource(token(one), name, {**one, "metadata": marked}, opts)


def contents_of(parent: pulumi.Resource, namespace: pulumi.Resource) -> pulumi.ResourceOptions:
    """Give the options of what lies in a namespace: made after it, and gone with it.

    A namespace's end takes its contents along; to delete them one by one costs minutes, and waits
    for ever on the account that Kubernetes makes anew in every namespace.
    """
    return pulumi.ResourceOptions(parent=parent, depends_on=[namespace], deleted_with=namespace)


def provider_for(cluster: Cluster) -> Provider:
    """Give the provider of a cluster; only another `name` counts as another cluster."""
    rate = cluster.requests_per_second
    return Provider(
        cluster.name,
        cluster_identifier=cluster.name,
        kubeconfig=cluster.kubeconfig,
        context=cluster.context,
        kube_client_settings={"qps": rate, "burst": 2 * rate},
    )
