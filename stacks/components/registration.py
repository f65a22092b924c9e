"""Registers plain manifests with the engine, and leaves out what the SDK does beside it.

The SDK makes an output of every property, copies the stack trace, and reads all of the answer back,
for each object; our objects are known before the program starts and nobody reads their outputs.
What goes over the wire is the same request (docs/adr/0003).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import grpc
import pulumi
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc, settings
from pulumi.runtime.proto import resource_pb2
from pulumi_kubernetes import Provider

from stacks.components.manifest import FIELD_MANAGER, STACK_LABEL, Manifest, token
from stacks.settings import Cluster


@dataclass(frozen=True)
class Home:
    """What the objects of a component share.

    Attributes:
        parent: URN of the component.
        provider: `<urn>::<id>` of the cluster's provider.
    """

    parent: str
    provider: str


async def home_of(component: pulumi.ComponentResource, provider: Provider) -> Home:
    """Wait until the component and the provider are registered."""
    parent, urn, known = await asyncio.gather(
        component.urn.future(), provider.urn.future(), provider.id.future()
    )
    return Home(parent or "", f"{urn}::{known or rpc.UNKNOWN}")


async def register(
    home: Home,
    name: str,
    one: Manifest,
    *,
    within: str = "",
    protect: bool = False,
    patch: bool = False,
) -> str:
    """Register one object and give its URN once the engine is done with it.

    Args:
        home: The component that it belongs to.
        name: Its Pulumi name, stable for ever.
        one: The object.
        within: URN of its namespace: made after that, and gone with it. A namespace's end takes its
            contents along; to delete them one by one costs minutes, and waits for ever on the
            account that Kubernetes makes anew in every namespace.
        protect: Whether Pulumi refuses to delete it.
        patch: The object is there and stays; only these fields of it are the stack's.

    Raises:
        pulumi.RunError: The engine did not make it, and has said why.
    """
    request = resource_pb2.RegisterResourceRequest(
        type=f"{token(one)}Patch" if patch else token(one),
        name=name,
        custom=True,
        parent=home.parent,
        provider=home.provider,
        object=_struct(marked(one)),
        dependencies=[within] if within else [],
        deletedWith=within,
        protect=protect,
        acceptSecrets=True,
        acceptResources=True,
        supportsPartialValues=True,
        supportsResultReporting=True,
    )
    monitor = settings.get_monitor()
    if monitor is None:
        raise pulumi.RunError("this program runs under `pulumi` only")
    loop = asyncio.get_running_loop()
    try:
        answer = await loop.run_in_executor(None, monitor.RegisterResource, request)
    except grpc.RpcError as error:
        settings.handle_grpc_error(error)
    if answer.result != resource_pb2.Result.SUCCESS:
        raise pulumi.RunError(f"{name} was not made")
    urn: str = answer.urn
    return urn


async def register_namespace(
    home: Home, name: str, objects: Sequence[Manifest], *, protect: bool = False
) -> None:
    """Register a namespace, the first of the objects, and then all that lies in it."""
    namespace, *contents = objects
    within = await register(home, name, namespace, protect=protect)
    await asyncio.gather(
        *(
            register(home, f"{name}/{one['kind']}/{one['metadata']['name']}", one, within=within)
            for one in contents
        )
    )


def marked(one: Manifest) -> Manifest:
    """Mark an object with its stack, and with one field manager for all runs.

    An object that a killed run made is taken over by the next one as its own, and no second manager
    stays behind to quarrel with (server-side apply, KEP-555).
    """
    metadata = one["metadata"]
    labels = {**metadata.get("labels", {}), STACK_LABEL: pulumi.get_stack()}
    annotations = {**metadata.get("annotations", {}), FIELD_MANAGER: "sen"}
    return {**one, "metadata": {**metadata, "labels": labels, "annotations": annotations}}


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


def _struct(one: Manifest) -> Struct:
    struct = Struct()
    struct.update(dict(one))
    return struct
