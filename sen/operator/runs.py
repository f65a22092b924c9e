"""Makes runs: seals an order, records it, has it carried out, records and counts how it went."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sen.evidence import Act
from sen.local.files import private_folder
from sen.operator.course import condition
from sen.operator.log import LOG, about
from sen.operator.metrics import Metrics
from sen.operator.order import Order, folder_of
from sen.operator.outcome import Outcome, failed
from sen.operator.runner import Runner
from sen.operator.shard import remembered
from sen.operator.site import Site
from sen.operator.world import Object
from stacks.models.agency import agencies
from stacks.problem import ProblemError

BY = "sen-operator"
Record = Callable[[Act], object]


class Runs:
    """Builds stacks by orders.

    Args:
        record: Appends to the evidence; a run that cannot be recorded is not begun.
    """

    def __init__(self, site: Site, runner: Runner, record: Record, metrics: Metrics) -> None:
        self._site, self._runner = site, runner
        self._record, self._metrics = record, metrics
        self._last: dict[str, str] = {}

    def last(self, shard: str) -> str | None:
        """Give the id of the last run of a first-level agency's stack, while this process lives."""
        return self._last.get(shard)

    def build(self, shard: str, tenants: Sequence[Object]) -> None:
        """Bring a first-level agency's stack to what was approved; blocks until it is.

        Raises:
            ProblemError: The run did not succeed; Pulumi's diagnostics are in its words.
        """
        self._made(self.order(shard, tenants))

    def remove(self, shard: str, leaving: Sequence[str], staying: Sequence[Object]) -> None:
        """Run a stack without some of its tenants; what they hold goes.

        Raises:
            ProblemError: The run did not succeed; nothing that stays was touched.
        """
        folder = self._folder(shard)
        for name in leaving:
            (folder / f"{name}.yaml").unlink(missing_ok=True)
        self._made(self.order(shard, staying, leaving))

    def order(self, shard: str, tenants: Sequence[Object], leaving: Sequence[str] = ()) -> Order:
        """Give the sealed order; requests whose objects are gone stay in it."""
        moving = self._moving(shard, tenants)
        return Order(
            id=uuid.uuid4().hex,
            stack=self._site.stack(shard),
            agency=shard,
            cluster=self._site.cluster,
            requests=remembered(self._folder(shard), tenants),
            leaving=tuple(leaving),
            alone=self._runner.kind == "job",
            moving=moving,
        ).sealed()

    def _moving(self, shard: str, tenants: Sequence[Object]) -> Mapping[str, str]:
        """Give what another stack built until now; that one's next run does not know it any more.

        What was built here once has moved.
        """
        book, moving = agencies(), {}
        for each in tenants:
            taken, name = each["spec"].get("taken"), each["metadata"]["name"]
            if not taken or condition(each, "Provisioned").get("status") == "True":
                continue
            before = book.first_level(book.get(taken["agency"])).code
            if before != shard:
                (self._folder(before) / f"{name}.yaml").unlink(missing_ok=True)
                moving[name] = self._site.stack(before)
        return moving

    def _folder(self, shard: str) -> Path:
        return private_folder(self._site.folder / folder_of(shard))

    def _made(self, order: Order) -> None:
        with about(run=order.id), self._metrics.running():
            self._begun(order)
            outcome = self._outcome(order)
            self._last[order.agency] = outcome.run or order.id
            self._ended(order, outcome)
        outcome.check()

    def _outcome(self, order: Order) -> Outcome:
        started = time.monotonic()
        try:
            return self._runner.run(order)
        except ProblemError as error:
            return failed(order.id, order.plan, time.monotonic() - started, error)

    def _begun(self, order: Order) -> None:
        data = {"run": order.id, "plan": order.plan, "requests": len(order.requests)}
        self._record(Act("run.start", BY, order.stack, {**data, "runner": self._runner.kind}))
        LOG.info("run of %s begun, %d requests", order.stack, len(order.requests))

    def _ended(self, order: Order, outcome: Outcome) -> None:
        """Record the plan that was really carried out: a Job taken over has another run id."""
        data = {
            "run": outcome.run or order.id,
            "plan": outcome.plan or order.plan,
            "result": outcome.word,
            "changes": dict(outcome.changes),
            "milliseconds": round(outcome.seconds * 1000),
            "recovered": outcome.recovered,
        }
        self._record(Act("run.end", BY, order.stack, data))
        self._metrics.ran(outcome)
        LOG.info("run of %s ended: %s in %.1f s", order.stack, outcome.word, outcome.seconds)
