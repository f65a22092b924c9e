"""What is known of requests afterwards: figures by route, a JSON line each, nobody's name."""

from __future__ import annotations

import json
import logging

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.types import Scope

from sen.portal.state import State

LOG = logging.getLogger("sen.portal")
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
REGISTRY_KEY = "sen_metrics"


class Observer:
    """Counts and logs; a route is its pattern, so that no name of a thing is kept."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ["method", "route", "status"]
        self._seconds = Histogram(
            "sen_portal_request_seconds",
            "Time to answer, by route.",
            labels[:2],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._answers = Counter(
            "sen_portal_requests_total", "Answers, by route.", labels, registry=self.registry
        )

    def saw(self, scope: Scope, state: State, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "(none)")
        method = scope["method"] if scope["method"] in METHODS else "(other)"
        self._seconds.labels(method, route).observe(seconds)
        self._answers.labels(method, route, status).inc()
        fields = {
            "at": state.settings.clock().isoformat(timespec="milliseconds"),
            "request_id": state.request_id,
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        LOG.info(json.dumps(fields))

    def text(self) -> bytes:
        return generate_latest(self.registry)


METHODS = frozenset({"GET", "HEAD", "POST"})


def failed(state: State, error: BaseException) -> None:
    """Log that a page broke: the kind of error and where, never what it says."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_globals.get('__name__')}:{place.tb_lineno}" if place else ""
    fields = {"request_id": state.request_id, "error": type(error).__name__, "where": where}
    LOG.error(json.dumps(fields))
