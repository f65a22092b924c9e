"""Watches the objects of all tenants and has what was edited by hand put back."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from sen.operator.batch import Batches
from sen.operator.drift import KINDS, Drift
from sen.operator.log import LOG
from sen.operator.pulse import Pulse
from sen.operator.rest import Rest
from sen.operator.site import Site
from sen.operator.watching import Watch
from stacks.components.manifest import STACK_LABEL
from stacks.problem import ProblemError

AT_ONCE = 2
LOOK_SECONDS = 1.0
AGAIN_SECONDS = 10.0
# A page that is being listed is heard to its end.
END_SECONDS = 10.0


class Guard:
    """The watches, one thread a kind, and the queue of tenants to look at."""

    def __init__(self, drift: Drift, site: Site) -> None:
        self._drift = drift
        self._tenants = Batches(self._put_back, AT_ONCE)
        self._over = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._rest = Rest(site.api())
        self._threads: list[threading.Thread] = []
        drift.ask = self.ask

    @property
    def waiting(self) -> int:
        return self._tenants.waiting

    def ask(self, name: str) -> None:
        """Ask for a tenant to be looked at; from any thread."""
        if not self._over.is_set():
            self._loop.call_soon_threadsafe(self._ask, name)

    async def run(self, ready: asyncio.Event, pulse: Pulse) -> None:
        """Begin once all tenants are known: an object of an unknown one would go unseen."""
        await ready.wait()
        while not await asyncio.to_thread(pulse.level):  # noqa: ASYNC110 - the world tells nobody
            await asyncio.sleep(LOOK_SECONDS)
        turn = threading.Lock()
        for kind, (root, plural) in KINDS.items():
            heard = partial(self._drift.heard, kind)
            watch = Watch(self._rest, f"{root}/{plural}", STACK_LABEL, heard, self._over, turn)
            self._threads.append(
                threading.Thread(target=watch.run, name=f"watch-{plural}", daemon=True)
            )
            self._threads[-1].start()

    async def close(self) -> None:
        """Stop looking; a watch that waits for its next line is woken."""
        self._over.set()
        await self._tenants.close()
        await asyncio.to_thread(self._ended)

    def _ended(self) -> None:
        self._rest.close()
        for each in self._threads:
            each.join(END_SECONDS)
        self._rest.close()

    def _ask(self, name: str) -> None:
        if not self._over.is_set():
            self._tenants.ask(name)

    async def _put_back(self, name: str) -> None:
        try:
            await asyncio.to_thread(self._drift.put_back, name)
        except (ApiException, HTTPError, ProblemError, OSError) as error:
            LOG.warning("%s not put back: %s; again in %.0f s", name, error, AGAIN_SECONDS)
            self._loop.call_later(AGAIN_SECONDS, self._ask, name)
