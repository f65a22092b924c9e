"""The layer of one first-level agency: a tenant for each of its requests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import pulumi

from stacks.components.registration import provider_for
from stacks.components.tenant import Tenant
from stacks.models.agency import agencies
from stacks.models.load import load_current
from stacks.models.tenant import TenantRequest
from stacks.pace import paced
from stacks.problem import Problem, ProblemError
from stacks.settings import PROJECT, TenantsSettings


def build_tenants(settings: TenantsSettings) -> Mapping[str, Any]:
    """Build every tenant that the agency, or an agency under it, asked for.

    A tenant that has ended stays as it is, with a warning: its end is an act of its own, never a
    side effect of another tenant's change. A new one that has ended is refused at admission.

    Returns:
        The namespaces under `tenants`, the tenant of each file under `files`, their `count`.
    """
    paths = [PROJECT / path for path in settings.requests]
    loaded = load_current(paths, settings.on)
    for each in loaded.ended:
        ended = Problem("stack-tenant-ended", each.name, {"ends": each.ends})
        pulumi.log.warn(ended.text())
    requests = (*loaded.requests, *loaded.ended)
    check_owner(requests, settings.agency)
    provider = provider_for(settings.cluster)
    settled = asyncio.ensure_future(refuse_renames(loaded.files))

    async def build(request: TenantRequest) -> None:
        await settled
        await Tenant(request, provider, protect=settings.protect).ready.future()

    return {
        "tenants": [each.namespace for each in requests],
        "files": dict(loaded.files),
        "count": paced(build, requests),
    }


async def refuse_renames(files: Mapping[str, str]) -> None:
    """Compare the tenant of each file with the one that the stack's last run built from it.

    Raises:
        pulumi.RunError: A file's tenant got another name, which is its identity: the old one would
            be deleted with all it holds.
    """
    own = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    outputs = await pulumi.StackReference(own).outputs.future()
    before: Mapping[str, str] = (outputs or {}).get("files") or {}
    renamed = renames(before, files)
    if renamed:
        raise pulumi.RunError(str(ProblemError(*renamed)))


def renames(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[Problem, ...]:
    """Give a problem for each file whose tenant of before is nowhere now."""
    kept = frozenset(now.values())
    return tuple(
        Problem("stack-tenant-renamed", file, {"before": name, "now": now[file]})
        for file, name in before.items()
        if file in now and name not in kept
    )


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
