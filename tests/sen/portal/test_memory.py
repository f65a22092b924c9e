"""What is remembered for somebody: one answer for all who wait, for seconds, until a change."""

from __future__ import annotations

import asyncio

import pytest

from sen.portal import memory
from sen.portal.cluster import SWEEP_SECONDS, Cluster
from sen.portal.memory import MOST_KEYS, Closed, Memory
from sen.portal.person import admitted
from sen.portal.refusal import ServerRefusedError
from tests.sen.portal.conftest import AN, API, BINH, DESK


class Reckoning:
    """Counts how often it was asked; waits until it is let go."""

    def __init__(self, *, fails=False):
        self.count, self.go, self.fails = 0, asyncio.Event(), fails

    async def __call__(self):
        self.count += 1
        await self.go.wait()
        if self.fails:
            raise ValueError
        return self.count


@pytest.fixture
def turned(monkeypatch):
    """Give a clock that a test turns."""
    now = [1000.0]
    monkeypatch.setattr("sen.portal.memory.time.monotonic", lambda: now[0])
    return now


def test_those_who_wait_for_the_same_are_answered_by_one_reckoning(runner):
    async def both():
        known, reckon = Memory(), Reckoning()
        waiting = [asyncio.create_task(known.recall("a", reckon)) for _ in range(3)]
        await asyncio.sleep(0)
        reckon.go.set()
        return await asyncio.gather(*waiting), reckon.count

    assert runner.run(both()) == ([1, 1, 1], 1)


def test_what_failed_is_asked_again(runner):
    async def twice():
        known, reckon = Memory(), Reckoning(fails=True)
        reckon.go.set()
        found = await asyncio.gather(
            *(known.recall("a", reckon) for _ in range(2)), return_exceptions=True
        )
        return [type(each) for each in found], reckon.count

    assert runner.run(twice()) == ([ValueError, ValueError], 2)


def test_it_is_known_for_seconds_and_then_not(runner, turned):
    known, reckon = Memory(), Reckoning()
    reckon.go.set()

    found = []
    for later in (0.0, 14.0, 2.0):
        turned[0] += later
        found.append(runner.run(known.recall("a", reckon)))

    assert found == [1, 1, 2]
    assert known.holds_any()
    turned[0] += 16
    assert not known.holds_any()


def test_what_was_read_before_a_change_is_not_kept_after_it(runner):
    async def changed_meanwhile():
        known, reckon = Memory(), Reckoning()
        reading = asyncio.create_task(known.recall("a", reckon))
        await asyncio.sleep(0)
        known.forget()
        reckon.go.set()
        return await reading, await known.recall("a", reckon)

    assert runner.run(changed_meanwhile()) == (1, 2)


def test_it_does_not_grow_without_end(runner):
    known, reckon = Memory(), Reckoning()
    reckon.go.set()

    for number in range(MOST_KEYS + 5):
        runner.run(known.recall(str(number), reckon))

    assert len(known._known) == 5
    assert len(known._turns) <= 6


def test_refusal_holds_for_a_minute(turned):
    closed = Closed()
    closed.add("/a")

    held = [closed.holds("/a"), closed.holds("/b"), closed.holds_any()]
    turned[0] += memory.REFUSED_SECONDS + 1

    assert (held, closed.holds("/a"), closed.holds_any()) == ([True, False, True], False, False)


def test_people_who_went_are_forgotten_and_each_has_a_memory_of_their_own(
    runner, settings, turned, monkeypatch
):
    monkeypatch.setattr("sen.portal.cluster.time.monotonic", lambda: turned[0])
    cluster, reckon = Cluster(settings().access), Reckoning()
    reckon.go.set()
    an, binh = (admitted(user, ["h26-heads"]) for user in (AN, BINH))
    runner.run(cluster.speak_for(an).memory.recall("a", reckon))

    assert runner.run(cluster.speak_for(binh).memory.recall("a", reckon)) == 2
    assert runner.run(cluster.speak_for(an).memory.recall("a", reckon)) == 1
    turned[0] += SWEEP_SECONDS + 1
    cluster.speak_for(binh)
    assert list(cluster._known) == [(binh.user, binh.groups)]


def test_same_person_in_other_groups_is_somebody_else(runner, settings):
    cluster, reckon = Cluster(settings().access), Reckoning()
    reckon.go.set()

    found = [
        runner.run(cluster.speak_for(admitted(AN, groups)).memory.recall("a", reckon))
        for groups in (["h26-heads"], ["h26-heads", "h29-heads"], ["h26-heads"])
    ]

    assert found == [1, 2, 1]


def test_change_lets_everything_be_read_anew_also_one_that_failed(runner, server, settings, asked):
    asked()
    voice = Cluster(settings().access).speak_for(admitted(AN, []))

    async def lists():
        return await voice.memory.recall("list", lambda: voice.items(f"{DESK}/tenantrequests"))

    async def story():
        before = len(await lists())
        server.objects[f"{DESK}/tenantrequests/second"] = {"metadata": {"name": "second"}}
        same = len(await lists())
        with pytest.raises(ServerRefusedError):
            await voice.create(f"{DESK}/tenantrequests", {"metadata": {"name": "second"}})
        return before, same, len(await lists())

    assert runner.run(story()) == (1, 1, 2)


def test_long_lists_are_read_in_parts(runner, server, settings):
    pages = {"": (["a", "b"], "x"), "x": (["c"], "")}
    voice = Cluster(settings().access).speak_for(admitted(AN, []))

    async def get(path, **query):
        items, more = pages[query.get("continue", "")]
        assert (path, query["limit"]) == (f"{API}/tenants", "250")
        return {"items": items, "metadata": {"continue": more} if more else {}}

    voice.get = get

    async def read():
        return [items async for items in voice.parts(f"{API}/tenants")]

    assert runner.run(read()) == [["a", "b"], ["c"]]
