"""What must be looked at again and again goes on in spite of one failure."""

import asyncio

import pytest

from sen.errors import MissingPartError
from sen.operator.minding import mind
from stacks.problem import Problem


def test_job_is_done_again_after_it_failed_until_it_is_cancelled(caplog):
    done = []

    async def live():
        loop, enough = asyncio.get_running_loop(), asyncio.Event()

        def job():
            done.append(len(done))
            if len(done) == 4:
                loop.call_soon_threadsafe(enough.set)
            if len(done) == 2:
                raise MissingPartError(Problem("evidence-busy", "chain"))

        task = asyncio.create_task(mind(job, every=0))
        await enough.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(live())

    assert done[:4] == [0, 1, 2, 3]
    assert "again in 0 s" in caplog.text
