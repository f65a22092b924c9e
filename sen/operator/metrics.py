"""What the operator counts, as Prometheus reads it."""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from sen.operator.outcome import Outcome

RUN_SECONDS = (2, 5, 10, 20, 30, 60, 120, 300, 600, 1800)
READY_SECONDS = (1, 2, 5, 10, 15, 20, 30, 45, 60, 120, 300, 900, 3600)
Phases = Callable[[], Iterable[str]]
Queues = Callable[[], dict[str, int]]


class Metrics:
    """Counters of one operator, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        one = self.registry
        self._runs = Counter("sen_runs", "Runs of stacks by result", ["result"], registry=one)
        self._seconds = Histogram(
            "sen_run_seconds", "How long runs took", buckets=RUN_SECONDS, registry=one
        )
        self._running = Gauge("sen_runs_in_progress", "Runs at work", registry=one)
        self._changes = Counter(
            "sen_run_changes", "Objects by what runs did", ["change"], registry=one
        )
        self._ready = Histogram(
            "sen_approved_to_ready_seconds",
            "From the last approval to a tenant that is ready",
            buckets=READY_SECONDS,
            registry=one,
        )
        self._drift = Counter("sen_drift_put_back", "Objects put back", ["kind"], registry=one)
        self._leader = Gauge("sen_leader", "1 while this replica leads", registry=one)
        self._events = Counter(
            "sen_events_lost", "Events that the API server did not take", registry=one
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        with self._running.track_inprogress():
            yield

    def ran(self, outcome: Outcome) -> None:
        self._runs.labels(outcome.word).inc()
        self._seconds.observe(outcome.seconds)
        for change, count in outcome.changes.items():
            self._changes.labels(change).inc(count)

    def ready(self, seconds: float) -> None:
        self._ready.observe(max(0.0, seconds))

    def put_back(self, kind: str) -> None:
        self._drift.labels(kind).inc()

    def leads(self, *, leader: bool) -> None:
        self._leader.set(int(leader))

    def event_lost(self) -> None:
        self._events.inc()

    def watch(self, phases: Phases, queues: Queues) -> Callable[[], None]:
        """Tell requests by phase and lengths of queues at each reading; give what ends it."""
        collector = _Standing(phases, queues)
        self.registry.register(collector)
        return lambda: self.registry.unregister(collector)

    def text(self) -> bytes:
        return generate_latest(self.registry)


class _Standing(Collector):
    """Counted when somebody reads, not whenever something changes."""

    def __init__(self, phases: Phases, queues: Queues) -> None:
        self._phases, self._queues = phases, queues

    def collect(self) -> Iterator[GaugeMetricFamily]:
        requests = GaugeMetricFamily("sen_requests", "Requests by phase", labels=["phase"])
        for phase, count in sorted(Count(self._phases()).items()):
            requests.add_metric([phase], count)
        yield requests
        queue = GaugeMetricFamily("sen_queue_length", "What waits for work", labels=["queue"])
        for name, length in sorted(self._queues().items()):
            queue.add_metric([name], length)
        yield queue
