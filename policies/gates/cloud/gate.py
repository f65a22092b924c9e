"""What the cloud gate offers: look at an account, judge what was seen, say what was not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from policies.finding import Finding, Gate
from policies.gates.cloud.account import Account, Thing, Unread
from policies.gates.cloud.compute import clusters, instances
from policies.gates.cloud.identity import identities
from policies.gates.cloud.network import load_balancers, networks, security_groups, subnets
from policies.gates.cloud.protection import keys, trails
from policies.gates.cloud.storage import buckets, volumes
from policies.judge import Judge
from policies.scope import scope
from policies.surroundings import Surroundings

READERS = (
    buckets,
    volumes,
    instances,
    networks,
    subnets,
    security_groups,
    load_balancers,
    keys,
    trails,
    clusters,
)


@dataclass(frozen=True)
class Description:
    """An account as it was found.

    Attributes:
        objects: Its resources, in the shape that rules read.
        unread: What could not be looked at; a part of a resource that could not be is unknown.
    """

    objects: tuple[Thing, ...] = field(repr=False)
    unread: tuple[Unread, ...] = ()


def objects(
    session: Any,  # noqa: ANN401 - boto3.Session, which has no types
    *,
    endpoint_url: str | None = None,
    region: str,
) -> Iterator[Thing]:
    """Give the resources of an account one by one; `look` also says what was not readable."""
    yield from _read(Account(session, region, endpoint_url), datetime.now(UTC))


def look(
    session: Any,  # noqa: ANN401 - likewise
    *,
    endpoint_url: str | None = None,
    region: str,
    now: datetime | None = None,
) -> Description:
    """Describe an account.

    Args:
        session: A `boto3.Session` whose credentials may read; nothing is changed.
        endpoint_url: Where the services are, if not at the provider's own addresses.
        region: Region of the resources.
        now: The day from which ages are counted.
    """
    account = Account(session, region, endpoint_url)
    found = tuple(_read(account, now or datetime.now(UTC)))
    return Description(found, tuple(account.unread))


def _read(account: Account, now: datetime) -> Iterator[Thing]:
    for read in READERS:
        yield from read(account)
    yield from identities(account, now)


def findings(description: Description, judge: Judge, level: int) -> tuple[Finding, ...]:
    """Judge every resource at the level of the system that runs in the account."""
    # Where something was refused, what is not here may still exist.
    around = Surroundings(description.objects, complete=not description.unread)
    found: list[Finding] = []
    for thing in description.objects:
        agency, system = scope().owner(thing)
        subject = replace(around.subject(thing), level=level, agency=agency, system=system)
        for rule in judge.rules_for(subject):
            found += judge.findings(around.for_rule(rule, subject), Gate.CLOUD, [rule])
    return tuple(found)
