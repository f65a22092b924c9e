"""One sweep over every right that ends: emergencies, delegations, inspections."""

from __future__ import annotations

import datetime as dt

from sen.access import delegation, emergency, inspection
from sen.access.cluster import Cluster
from sen.evidence.chain import Chain


def sweep(cluster: Cluster, chain: Chain, now: dt.datetime) -> list[dict[str, object]]:
    """Take back what is past its end and bind what has begun; safe to call every minute."""
    return [
        *emergency.sweep(cluster, chain, now),
        *delegation.settle(cluster, chain, now),
        *inspection.sweep(cluster, chain, now),
    ]
