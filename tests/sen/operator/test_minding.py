"""What must be looked at again and again goes on in spite of one failure."""

import asyncio

import pytest

from sen.errors import MissingPartError
from sen.operator.minding import lasting, mind
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


def test_what_breaks_off_begins_again_until_it_ends():
    begun = []

    async def work():
        begun.append(1)
        if len(begun) < 3:
            raise RuntimeError("watch broken")

    asyncio.run(lasting(work, 0.0))

    assert len(begun) == 3


def test_what_a_person_has_to_mend_is_told_at_once():
    async def work():
        raise MissingPartError(Problem("operator-no-variable", "operator", {"names": "SEN_STAGE"}))

    with pytest.raises(MissingPartError, match="SEN_STAGE"):
        asyncio.run(lasting(work, 0.0))
