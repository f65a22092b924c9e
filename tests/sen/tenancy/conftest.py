"""Two real tenants: a province's and one of its communes', and a namespace that is neither."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from sen.local.platform import Platform
from stacks.components.tenant import objects_for
from stacks.models.tenant import TenantRequest
from tests.request_of import request_of
from tests.stacks.apply import Person

PROVINCE, COMMUNE = "H57", "H57.19768"


@pytest.fixture(scope="session")
def administrator(platform: Platform) -> Person:
    return Person(platform.kubeconfig, platform.context)


@pytest.fixture(scope="module")
def requests(administrator: Person) -> Iterator[tuple[TenantRequest, TenantRequest]]:
    """Apply the requests' objects; storage of 1,024 GiB is one that Kubernetes writes as 1 TiB."""
    quota = {
        "cpu": 4,
        "memory_gib": 16,
        "storage_gib": 1024,
        "pods": 9,
        "services": 9,
        "volumes": 9,
    }
    slug = f"listing-{uuid.uuid4().hex[:8]}"
    asked = (
        request_of(PROVINCE, slug, level=4, stage="production", size="XL", quota=quota),
        request_of(COMMUNE, slug, level=2, size="L"),
    )
    made = tuple(TenantRequest.model_validate(one) for one in asked)
    for one in (each for request in made for each in objects_for(request)):
        answer = administrator.apply(one)
        assert answer.status in {200, 201}, answer.message
    yield made
    for request in made:
        administrator.ask("DELETE", f"/api/v1/namespaces/{request.namespace}")
