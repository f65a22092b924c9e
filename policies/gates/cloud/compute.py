"""Machines and Kubernetes clusters.

Instance: `state`, `metadataTokens` (required, optional), `metadataEndpoint` (enabled, disabled),
`publicAddress` (or empty), `subnet`.
Cluster: `version`, `publicEndpoint`, `publicRanges`, `logs` (types that are on), `encrypts`
(resources that are encrypted).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies.gates.cloud.account import Account, Answer, Thing, described


def instances(account: Account) -> Iterator[Thing]:
    for reservation in account.pages("ec2", "describe_instances", "Reservations"):
        for instance in reservation.get("Instances", ()):
            state = instance.get("State", {}).get("Name")
            # What is terminated is only remembered.
            if state != "terminated":
                yield _instance(instance, state)


def _instance(instance: Answer, state: str | None) -> Thing:
    metadata = instance.get("MetadataOptions", {})
    spec = {
        "state": state,
        "metadataTokens": metadata.get("HttpTokens", "optional"),
        "metadataEndpoint": metadata.get("HttpEndpoint", "enabled"),
        "publicAddress": instance.get("PublicIpAddress", ""),
        "subnet": instance.get("SubnetId"),
    }
    return described("Instance", str(instance["InstanceId"]), instance.get("Tags", ()), spec)


def clusters(account: Account) -> Iterator[Thing]:
    for name in account.pages("eks", "list_clusters", "clusters"):
        answer = account.ask("eks", "describe_cluster", name=name)
        if answer is not None:
            yield _cluster(answer["cluster"])


def _cluster(cluster: Answer) -> Thing:
    network = cluster.get("resourcesVpcConfig", {})
    logging = cluster.get("logging", {}).get("clusterLogging", ())
    tags = [{"Key": key, "Value": value} for key, value in cluster.get("tags", {}).items()]
    spec: dict[str, Any] = {
        "version": cluster.get("version"),
        "publicEndpoint": network.get("endpointPublicAccess", True),
        "publicRanges": network.get("publicAccessCidrs") or ["0.0.0.0/0"],
        "logs": [kind for each in logging if each.get("enabled") for kind in each.get("types", ())],
        "encrypts": [
            kind
            for each in cluster.get("encryptionConfig", ())
            for kind in each.get("resources", ())
        ],
    }
    return described("Cluster", str(cluster["name"]), tags, spec)
