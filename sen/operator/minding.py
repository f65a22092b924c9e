"""What has to be looked at again and again, whether anything happens or not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from stacks.problem import ProblemError

LOG = logging.getLogger("sen.operator")
EVERY_SECONDS = 30.0
AGAIN_SECONDS = 5.0


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


async def lasting(
    work: Callable[[], Coroutine[Any, Any, None]], pause: float = AGAIN_SECONDS
) -> None:
    """Do work that does not end by itself; what breaks it is told, and it begins again.

    Args:
        work: Gives the work anew; it cleans up after itself.
        pause: Seconds before it begins again.

    Raises:
        ProblemError: Something that trying again does not mend.
    """
    while True:
        try:
            return await work()
        except ProblemError:
            raise
        except Exception:
            LOG.exception("broken off; begins again in %.0f s", pause)
        await asyncio.sleep(pause)
