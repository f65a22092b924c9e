"""What has to be looked at again and again, whether anything happens or not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from stacks.problem import ProblemError

LOG = logging.getLogger("sen.operator")
EVERY_SECONDS = 30.0


async def mind(job: Callable[[], object], every: float = EVERY_SECONDS) -> None:
    """Do a job until cancelled; what does not answer now is asked again next time."""
    while True:
        try:
            await asyncio.to_thread(job)
        except (ProblemError, OSError) as error:
            LOG.warning("%s; again in %.0f s", error, every)
        await asyncio.sleep(every)
