"""The layer of one first-level agency: a tenant for each of its requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

from stacks.components.registration import provider_for
from stacks.components.tenant import Tenant
from stacks.models.agency import agencies
from stacks.models.load import load_current
from stacks.pace import paced
from stacks.problem import Problem, ProblemError
from stacks.settings import PROJECT, TenantsSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stacks.models.tenant import TenantRequest


def build_tenants(settings: TenantsSettings) -> Mapping[str, Any]:
    """Build every tenant that the agency, or an agency under it, asked for.

    A tenant that has ended stays as it is, with a warning: its end is an act of its own, never a
    side effect of another tenant's change. A new one that has ended is refused at admission.

    Returns:
        The namespaces under `tenants`, their number under `count`.
    """
    paths = [PROJECT / path for path in settings.requests]
    loaded = load_current(paths, settings.on)
    for each in loaded.ended:
        ended = Problem("stack-tenant-ended", each.name, {"ends": each.ends})
        pulumi.log.warn(ended.text())
    requests = (*loaded.requests, *loaded.ended)
    check_owner(requests, settings.agency)
    provider = provider_for(settings.cluster)
    built = paced(
        lambda each: Tenant(each, provider, protect=settings.protect).ready.future(), requests
    )
    return {"tenants": [each.namespace for each in requests], "count": built}


def check_owner(requests: Iterable[TenantRequest], agency: str) -> None:
    """Refuse requests of agencies that another stack serves.

    Raises:
        ProblemError: Names each such request and its own first-level agency.
    """
    book = agencies()
    owners = {one: book.first_level(book.get(one.agency)).code for one in requests}
    foreign = [one for one, owner in owners.items() if owner != agency]
    if foreign:
        raise ProblemError(
            *(
                Problem("stack-foreign-request", one.name, {"owner": owners[one], "agency": agency})
                for one in foreign
            )
        )
