"""What has to be looked at again and again, whether anything happens or not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from stacks.problem import ProblemError

LOG = logging.getLogger("sen.operator")
EVERY_SECONDS = 30.0


async def mind(job: Callable[[], object], every: float = EVERY_SECONDS, rest: float = 0.0) -> None:
    """Do a job until cancelled; what does not answer now is asked again next time.

    Args:
        job: Called in a thread.
        every: Seconds between one and the next.
        rest: As many times as long as a job took there is a pause at least.
    """
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        pause = every
        try:
            await asyncio.to_thread(job)
            pause = max(every, rest * (loop.time() - began))
        except (ProblemError, ApiException, HTTPError, OSError) as error:
            LOG.warning("%s; again in %.0f s", error, pause)
        await asyncio.sleep(pause)
