"""One of several operators leads: a Lease, kept as client-go keeps it.

A lease counts as held for as long as we have seen it unchanged for less than its duration by our
own clock; clocks of different machines are never compared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from sen.operator.log import LOG
from sen.operator.rest import CONFLICT, NOT_FOUND

NAME = "sen-operator"
Body = dict[str, Any]


@dataclass(frozen=True)
class Terms:
    """Times in seconds, client-go's own: who leads gives up before another may take over."""

    lease: float = 15.0
    renew: float = 10.0
    retry: float = 2.0
    jitter: float = 1.2


class Asks(Protocol):
    """The part of `Rest` that a lease needs."""

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Body: ...


class Elector:
    """One operator's try at leading.

    Args:
        identity: Of this process alone, also after a restart.
        clock: Seconds that only grow.
        now: With a time zone; written for people, never compared.
    """

    def __init__(
        self,
        rest: Asks,
        namespace: str,
        identity: str,
        clock: Callable[[], float],
        now: Callable[[], dt.datetime],
        terms: Terms = Terms(),
    ) -> None:
        self.terms, self.identity = terms, identity
        self._rest, self._clock, self._now = rest, clock, now
        self._path = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"
        self._seen: Mapping[str, Any] | None = None
        self._seen_at = 0.0

    def try_once(self) -> bool:
        """Take the lease or renew it; say whether it is ours now."""
        try:
            return self._try()
        except ApiException as error:
            if error.status != CONFLICT:
                LOG.warning("lease %s: %s", NAME, error.reason)
        except HTTPError as error:
            LOG.warning("lease %s: %s", NAME, type(error).__name__)
        return False

    def release(self) -> None:
        """Give the lease back, so that another need not wait for its end."""
        try:
            found = self._get()
            spec = (found or {}).get("spec", {})
            if found and spec.get("holderIdentity") == self.identity:
                self._put({**found, "spec": {**spec, "holderIdentity": ""}})
        except (ApiException, HTTPError) as error:
            LOG.warning("lease %s not given back: %s", NAME, type(error).__name__)

    def _try(self) -> bool:
        found = self._get()
        if found is None:
            self._rest.ask("POST", self._path, self._made(None))
            return True
        spec = found["spec"]
        if spec != self._seen:
            self._seen, self._seen_at = spec, self._clock()
        holder = spec.get("holderIdentity", "")
        duration = float(spec.get("leaseDurationSeconds") or self.terms.lease)
        if holder not in ("", self.identity) and self._clock() < self._seen_at + duration:
            return False
        self._put({**found, "spec": self._spec(spec)})
        return True

    def _get(self) -> Body | None:
        try:
            return self._rest.ask("GET", f"{self._path}/{NAME}")
        except ApiException as error:
            if error.status != NOT_FOUND:
                raise
            return None

    def _put(self, lease: Body) -> None:
        """Write it as it was read: who wrote meanwhile wins."""
        self._rest.ask("PUT", f"{self._path}/{NAME}", lease)

    def _made(self, before: Mapping[str, Any] | None) -> Body:
        meta = {"name": NAME}
        body = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": meta}
        return {**body, "spec": self._spec(before or {})}

    def _spec(self, before: Mapping[str, Any]) -> Body:
        at = self._now().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        same = before.get("holderIdentity") == self.identity
        changed = 0 if same or not before else 1
        return {
            "holderIdentity": self.identity,
            "leaseDurationSeconds": int(self.terms.lease),
            "acquireTime": before["acquireTime"] if same else at,
            "renewTime": at,
            "leaseTransitions": int(before.get("leaseTransitions") or 0) + changed,
        }
