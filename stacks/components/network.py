"""A tenant's network: closed both ways, name service open, and what the request names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from stacks.components.manifest import Manifest, manifest

if TYPE_CHECKING:
    from stacks.models.network import Opening
    from stacks.models.tenant import TenantRequest

Rules = list[dict[str, Any]]

DNS_PORTS = [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]
DNS_SERVERS = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
}


def closed(namespace: str) -> tuple[Manifest, ...]:
    """Deny all traffic of a namespace but name service (NW-17, NW-20)."""
    return (
        _policy(namespace, "deny-all", {"policyTypes": ["Ingress", "Egress"]}),
        _policy(
            namespace,
            "allow-dns",
            {"policyTypes": ["Egress"], "egress": [{"to": [DNS_SERVERS], "ports": DNS_PORTS}]},
        ),
    )


def policies(request: TenantRequest) -> tuple[Manifest, ...]:
    """Give a tenant's policies: closed, but among its own pods and to named peers.

    Allowances add up, so a tenant that is suspended has none of them.
    """
    namespace = request.namespace
    if not request.runs:
        return closed(namespace)
    own: Rules = [{"podSelector": {}}]
    inside = {
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": own}],
        "egress": [{"to": own}],
    }
    return (
        *closed(namespace),
        _policy(namespace, "allow-within", inside),
        *_opened(namespace, "ingress", _rules("from", request.network.ingress)),
        *_opened(namespace, "egress", _rules("to", request.network.egress)),
    )


def _opened(namespace: str, direction: str, rules: Rules) -> Iterable[Manifest]:
    if rules:
        spec = {"policyTypes": [direction.capitalize()], direction: rules}
        yield _policy(namespace, f"allow-{direction}", spec)


def _rules(side: str, openings: Iterable[Opening]) -> Rules:
    return [
        {
            side: [_selector(each)],
            "ports": [{"port": port, "protocol": each.protocol.value} for port in each.ports],
        }
        for each in openings
    ]


def _selector(opening: Opening) -> dict[str, Any]:
    if opening.cidr is not None:
        return {"ipBlock": {"cidr": str(opening.cidr)}}
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": opening.tenant}}}


def _policy(namespace: str, name: str, spec: dict[str, Any]) -> Manifest:
    return manifest(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        name,
        namespace=namespace,
        spec={"podSelector": {}, **spec},
    )
