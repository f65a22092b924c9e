"""Whether the watch is alive: now and then what is known is counted against what is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from stacks.models.objects import GROUP, VERSION

EVERY_SECONDS = 15.0
# A difference that lasts so long is no event under way.
DEAD_SECONDS = 90.0
KINDS: Mapping[str, str] = {
    "agencies": "Agency",
    "tenantrequests": "TenantRequest",
    "approvals": "Approval",
    "tenants": "Tenant",
}


class Asks(Protocol):
    """The part of `Rest` that is asked."""

    def ask(self, method: str, path: str, body: None = None, **query: str) -> dict[str, Any]: ...


@dataclass
class Pulse:
    """Looks whether events still arrive.

    Attributes:
        known: Gives how many objects of a kind are known.
        clock: Seconds that only grow.
    """

    rest: Asks
    known: Callable[[str], int]
    clock: Callable[[], float]
    _since: float | None = field(default=None, init=False)
    _why: str = field(default="", init=False)
    _listed: bool = field(default=False, init=False)

    def unlisted(self) -> str:
        """Give why not all kinds have been listed yet; empty from then on, whatever comes later."""
        return "" if self._listed else self._why or "kinds are being listed"

    def level(self) -> bool:
        """Say whether all that is there is known; four small questions."""
        self._why = self._differing()
        self._listed = self._listed or not self._why
        return not self._why

    def look(self) -> None:
        """Count once, and remember since when it differs."""
        if self.level():
            self._since = None
        elif self._since is None:
            self._since = self.clock()

    def dead(self) -> str:
        """Give why the watch counts as dead, empty while it is alive."""
        if self._since is None or self.clock() < self._since + DEAD_SECONDS:
            return ""
        return self._why

    def _differing(self) -> str:
        return next((why for plural in KINDS if (why := self._differs(plural))), "")

    def _differs(self, plural: str) -> str:
        try:
            page = self.rest.ask("GET", f"/apis/{GROUP}/{VERSION}/{plural}", limit="1")
        except (ApiException, HTTPError) as error:
            return f"{plural}: the API server gives no answer ({type(error).__name__})"
        there = len(page["items"]) + int(page["metadata"].get("remainingItemCount") or 0)
        known = self.known(KINDS[plural])
        return "" if there == known else f"{plural}: {there} there, {known} known"
