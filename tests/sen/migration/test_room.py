"""Flows of an order are held against the tenant's network policies."""

from __future__ import annotations

import pytest

from playbooks.migration.order import SystemOrder
from sen.migration.likeness import POLICY
from sen.migration.room import unopened
from tests.sen.migration.judged import HOST, TENANT
from tests.sen.migration.moved import system
from tests.sen.tenancy.life.namespace import thing


def policy(*egress, chosen=None, types=("Egress",)):
    spec = {"podSelector": chosen or {}, "policyTypes": list(types), "egress": list(egress)}
    return thing(POLICY, "p", TENANT, spec)


def block(cidr="10.5.0.0/16", ports=None, **more):
    rule = {"to": [{"ipBlock": {"cidr": cidr, **more}}]}
    return rule if ports is None else rule | {"ports": ports}


TLS = {"protocol": "TCP", "port": 443}


@pytest.mark.parametrize(
    ("policies", "closed"),
    [
        ([], []),
        ([policy(types=["Ingress"])], []),
        ([policy()], ["mail"]),
        ([policy({})], []),
        ([policy(block())], []),
        ([policy(block(ports=[TLS]))], []),
        ([policy(block(ports=[{"port": 400, "endPort": 500}]))], []),
        ([policy(block(ports=[{**TLS, "port": 25}]))], ["mail"]),
        ([policy(block(ports=[{**TLS, "protocol": "UDP"}]))], ["mail"]),
        ([policy(block("10.6.0.0/16"))], ["mail"]),
        ([policy(block(**{"except": ["10.5.0.8/32"]}))], ["mail"]),
        ([policy(block(), chosen={"matchLabels": {"app": "x"}})], ["mail"]),
        ([policy({"to": [{"namespaceSelector": {}}]})], ["mail"]),
    ],
)
def test_flows_to_addresses_are_held_against_the_tenants_policies(policies, closed):
    flows = [
        {"name": name, "source": HOST, "address": address, "port": 443}
        for name, address in (("mail", "10.5.0.8"), ("named", "mail.example.vn"))
    ]
    order = SystemOrder.model_validate(system("portal") | {"tenant": TENANT, "flows": flows})

    assert unopened(policies, order.flows) == closed
