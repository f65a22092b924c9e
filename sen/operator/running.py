"""The operator as a process: its place, its runner, its lease, its probes."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import socket
import time
import uuid
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sen.local.platform import Platform
from sen.operator.election import Election
from sen.operator.health import Health, listening
from sen.operator.job import TEMPLATE, Template
from sen.operator.job_runner import JobRunner
from sen.operator.lease import Elector
from sen.operator.metrics import Metrics
from sen.operator.minding import lasting
from sen.operator.rest import Rest
from sen.operator.runner import Runner, RunnerKind
from sen.operator.serve import Setting, local_runner, serve
from sen.operator.site import MachineSite, PodSite, Site

# Deciding, lives, drift and probes wait in threads, and each run has one of its own.
THREADS = 24
STARTS = "starts"


@dataclass(frozen=True)
class Wish:
    """What the command line asked for."""

    at_once: int = 2
    runner: RunnerKind = RunnerKind.LOCAL
    namespace: str = "sen-system"
    listen: str = ""
    elect: bool = False


def run_operator(platform: Platform | None, wish: Wish) -> None:
    """Run until SIGINT or SIGTERM; without a platform this is a pod.

    Raises:
        MissingPartError: What it needs is not set, or it cannot listen.
    """
    site: Site = MachineSite(platform) if platform else PodSite.found()
    metrics = Metrics()
    # Who waits for the lease is ready to lead; who leads at once has its kinds to list first.
    health = Health(metrics.text, ready=str if wish.elect else lambda: STARTS)
    identity = f"{socket.gethostname()}-{uuid.uuid4().hex[:8]}"
    setting = Setting(wish.at_once, _runner_of(wish), metrics, identity, health)
    with ExitStack() as stack:
        if wish.listen:
            stack.enter_context(listening(wish.listen, health))
        asyncio.run(_live(_work(site, setting, wish)))


def _work(site: Site, setting: Setting, wish: Wish) -> Coroutine[Any, Any, None]:
    if not wish.elect:
        setting.metrics.leads(leader=True)
        return lasting(lambda: serve(site, setting=setting))  # nobody else begins it again
    rest = Rest(site.api())
    elector = Elector(rest, wish.namespace, setting.identity, time.monotonic, _now)
    election = Election(elector, setting.metrics, time.monotonic)
    return election.run(lambda: serve(site, setting=setting))


async def _live(work: Coroutine[Any, Any, None]) -> None:
    """Work until told to end; then end in order: decide nothing more, stop runs, free the lease."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(THREADS))
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()


def _runner_of(wish: Wish, variables: Mapping[str, str] = os.environ) -> Any:  # noqa: ANN401
    if wish.runner is RunnerKind.LOCAL:
        return local_runner
    template = Template(
        namespace=wish.namespace,
        file=Path(variables.get("SEN_RUN_JOB") or TEMPLATE),
        image=variables.get("SEN_RUN_IMAGE", ""),
        account=variables.get("SEN_RUN_SERVICE_ACCOUNT", ""),
    )

    def made(site: Site) -> Runner:
        return JobRunner(Rest(site.api()), template)

    return made


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
