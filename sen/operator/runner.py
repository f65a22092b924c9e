"""What carries out orders: a child process on a machine, a Job on a cluster."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from sen.operator.order import Order
from sen.operator.outcome import Outcome


class RunnerKind(StrEnum):
    LOCAL = "local"
    JOB = "job"


class Runner(Protocol):
    """Carries out orders; safe to call from several threads, one stack at a time."""

    @property
    def kind(self) -> str:
        """Give its word: local or job."""

    def run(self, order: Order) -> Outcome:
        """Carry an order out and wait for its end.

        Raises:
            ProblemError: It could not be begun, or nobody knows how it ended.
        """

    def stop(self) -> None:
        """End what this runner waits for; called once, when the operator ends or lost its lease."""
