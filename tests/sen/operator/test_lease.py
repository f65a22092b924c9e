"""One operator leads; another takes over when it must, and never while the first may still work."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from sen.operator.election import Election
from sen.operator.lease import Elector
from sen.operator.metrics import Metrics
from tests.sen.operator.server import Server

PATH = "/apis/coordination.k8s.io/v1/namespaces/sen-system/leases/sen-operator"


class Clock:
    """Goes on only when somebody sleeps."""

    def __init__(self):
        self.seconds, self.naps = 100.0, 0

    def __call__(self):
        return self.seconds

    async def sleep(self, seconds):
        self.seconds += seconds
        self.naps += 1
        await asyncio.sleep(0)


def elector(server, name, clock):
    return Elector(server, "sen-system", name, clock, lambda: dt.datetime.now(dt.UTC))


def holder(server):
    return server.objects[PATH]["spec"]["holderIdentity"]


def test_first_takes_it_and_the_second_waits_as_long_as_it_is_renewed():
    server, clock = Server(), Clock()
    one, two = elector(server, "one", clock), elector(server, "two", clock)

    for _ in range(10):
        assert one.try_once()
        assert not two.try_once()
        clock.seconds += 10

    spec = server.objects[PATH]["spec"]
    assert (holder(server), spec["leaseTransitions"]) == ("one", 0)


def test_second_takes_it_once_it_stood_unchanged_for_its_duration():
    server, clock = Server(), Clock()
    one, two = elector(server, "one", clock), elector(server, "two", clock)
    one.try_once()
    two.try_once()

    clock.seconds += 14.9
    assert not two.try_once()
    clock.seconds += 0.1
    assert two.try_once()

    assert (holder(server), server.objects[PATH]["spec"]["leaseTransitions"]) == ("two", 1)
    assert not one.try_once()


def test_what_was_given_back_is_free_at_once():
    server, clock = Server(), Clock()
    one, two = elector(server, "one", clock), elector(server, "two", clock)
    one.try_once()

    two.release()
    assert holder(server) == "one"
    one.release()
    assert two.try_once()


@pytest.mark.parametrize("status", [409, 500])
def test_refusal_is_no_lease(status):
    server = Server()
    one = elector(server, "one", Clock())
    assert one.try_once()
    server.refuse = {("PUT", "sen-operator"): status}

    assert not one.try_once()
    one.release()


def elected(server, clock, lead, name="one"):
    election = Election(elector(server, name, clock), Metrics(), clock, clock.sleep, lambda: 0.5)
    asyncio.run(asyncio.wait_for(election.run(lead), 30))
    return election


def test_work_is_stopped_when_the_lease_can_not_be_renewed_and_begun_again_when_it_can():
    server, clock, seen = Server(), Clock(), []

    async def lead():
        seen.append(clock.seconds)
        if len(seen) == 2:
            return
        server.refuse = {("PUT", "sen-operator"): 500}
        try:
            await asyncio.Event().wait()
        finally:
            seen.append(clock.seconds - seen[0])
            server.refuse = {}
            seen.pop(0)

    elected(server, clock, lead)

    assert 8 <= seen[0] <= 12, "given up before anybody else may take over"


def test_work_that_does_not_stop_ends_the_process_before_it_disturbs_the_next_leader():
    server, clock, ended = Server(), Clock(), asyncio.Event()

    async def hangs():
        server.refuse = {("PUT", "sen-operator"): 500}
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await ended.wait()  # as a call to an API server that never answers
            server.refuse = {}

    term = elector(server, "one", clock)
    election = Election(term, Metrics(), clock, clock.sleep, lambda: 0.5, stop=0.01, exit=ended.set)

    async def led_once():
        leading = asyncio.ensure_future(election.run(hangs))
        await asyncio.wait({asyncio.ensure_future(ended.wait())}, timeout=30)
        leading.cancel()
        await asyncio.wait({leading}, timeout=30)

    asyncio.run(led_once())

    assert ended.is_set()


def test_lease_is_given_back_when_the_work_ends_or_fails():
    server = Server()

    async def fails():
        raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        elected(server, Clock(), fails)

    assert holder(server) == ""


def test_one_that_waits_asks_again_with_a_spread():
    server, clock = Server(), Clock()
    elector(server, "dead", clock).try_once()

    async def lead():
        return

    election = elected(server, clock, lead, "two")

    assert holder(server) == ""
    assert clock.seconds >= 115
    assert clock.naps == pytest.approx(15 / (2 * 1.6), abs=1.5)
    assert b"sen_leader 0.0" in election.metrics.text()
