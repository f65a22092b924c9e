"""Runs an order as a Kubernetes Job; it outlives its operator, and the next one takes it over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from sen.errors import MissingPartError, RefusedError
from sen.operator.job import PLAN, STACK, Manifest, Template, ended, secret, told
from sen.operator.order import Order
from sen.operator.outcome import Outcome
from sen.operator.rest import CONFLICT, NOT_FOUND, Rest
from stacks.problem import Problem

LOOK_SECONDS = 1.0
Pause = Callable[[float], bool]


@dataclass
class JobRunner:
    """Runs orders on the cluster, in the operator's own namespace.

    Attributes:
        pause: Waits some seconds and says whether to stop waiting; given by tests.
    """

    rest: Rest
    template: Template
    pause: Pause | None = None
    _over: threading.Event = field(default_factory=threading.Event, init=False)

    @property
    def kind(self) -> str:
        return "job"

    def run(self, order: Order) -> Outcome:
        if self._over.is_set():
            raise _interrupted(order)
        try:
            return self._run(order)
        except (ApiException, HTTPError) as error:
            why = getattr(error, "reason", None) or type(error).__name__
            raise MissingPartError(Problem("run-no-job", order.stack, {"why": why})) from error

    def stop(self) -> None:
        """Wait no longer; the Jobs go on, and whoever leads next takes them over."""
        self._over.set()

    def _run(self, order: Order) -> Outcome:
        job = self._standing(order) or self._made(order)
        name = job["metadata"]["name"]
        wait = self.pause or self._over.wait
        while (how := ended(job)) is None:
            if wait(LOOK_SECONDS):
                raise _interrupted(order)
            job = self._read(name, order)
        found = told(self._pods(name))
        if found is None:
            raise RefusedError(Problem("run-lost", order.stack, {"run": name, "why": how}))
        return found

    def _standing(self, order: Order) -> Manifest | None:
        """Give the Job of the same plan that still runs.

        Raises:
            RefusedError: Another run of the stack is at work.
        """
        label = f"{STACK}={order.stack}"
        jobs = self._list("/apis/batch/v1", "jobs", label)
        active = [each for each in jobs if ended(each) is None]
        for each in active:
            if order.plan.startswith(each["metadata"]["labels"][PLAN]):
                self._secret(order, each)  # whoever made it may have died before its secret was
                return each
        if active:
            values = {"stack": order.stack, "run": active[0]["metadata"]["name"]}
            raise RefusedError(Problem("run-elsewhere", order.stack, values))
        return None

    def _made(self, order: Order) -> Manifest:
        made = self.rest.ask("POST", self._path("/apis/batch/v1", "jobs"), self.template.job(order))
        self._secret(order, made)
        return made

    def _secret(self, order: Order, job: Manifest) -> None:
        try:
            self.rest.ask("POST", self._path("/api/v1", "secrets"), secret(order, job))
        except ApiException as error:
            if error.status != CONFLICT:
                raise

    def _read(self, name: str, order: Order) -> Manifest:
        try:
            return self.rest.ask("GET", f"{self._path('/apis/batch/v1', 'jobs')}/{name}")
        except ApiException as error:
            if error.status != NOT_FOUND:
                raise
            values = {"run": name, "why": "deleted"}
            raise RefusedError(Problem("run-lost", order.stack, values)) from None

    def _pods(self, job: str) -> list[Manifest]:
        return self._list("/api/v1", "pods", f"batch.kubernetes.io/job-name={job}")

    def _list(self, root: str, plural: str, label: str) -> list[Manifest]:
        items: list[Manifest] = self.rest.ask("GET", self._path(root, plural), labelSelector=label)[
            "items"
        ]
        return items

    def _path(self, root: str, plural: str) -> str:
        return f"{root}/namespaces/{self.template.namespace}/{plural}"


def _interrupted(order: Order) -> RefusedError:
    return RefusedError(Problem("run-interrupted", order.stack, {"stack": order.stack}))
