"""Calls the API server in a person's name; RBAC decides what that person sees and does."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import httpx

from sen.portal.access import Access
from sen.portal.memory import Closed, Memory
from sen.portal.person import Person
from sen.portal.refusal import ServerRefusedError, UnreachableError, refusal_of
from sen.portal.review import ACCESS_REVIEW, listing
from sen.portal.wire import Wire
from stacks.models.objects import GROUP, VERSION

Object = Mapping[str, Any]
T = TypeVar("T")

TIMEOUT = httpx.Timeout(10.0, connect=2.0)
WATCHING = httpx.Timeout(connect=2.0, read=None, write=10.0, pool=10.0)  # minutes may be quiet
PAUSES = (0.1, 0.4)  # between tries of what may be asked twice
CONNECTIONS, WATCHES, WIDE_AT_ONCE = 64, 1000, 4
SHARED_SECONDS, SHARED_STALE_SECONDS = 15.0, 120.0
PART = "250"
JSON = "application/json"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
SWEEP_SECONDS = 30.0


class Cluster:
    """The API server, reached by one pool of kept-alive connections."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._clients: dict[int, httpx.AsyncClient] = {}
        self._known: dict[tuple[str, tuple[str, ...]], tuple[Closed, Memory]] = {}
        self._swept = time.monotonic()
        self.shared = Memory()
        # Who looks over a hundred desks does not keep those waiting who look at one.
        self.wide = asyncio.Semaphore(WIDE_AT_ONCE)

    def speak_for(self, person: Person) -> Voice:
        self._sweep()
        key = (person.user, person.groups)
        return Voice(self, person, *self._known.setdefault(key, (Closed(), Memory())))

    def _sweep(self) -> None:
        """Let go of what was known for people who are away."""
        now = time.monotonic()
        if now - self._swept < SWEEP_SECONDS:
            return
        self._swept = now
        self._known = {
            key: (closed, memory)
            for key, (closed, memory) in self._known.items()
            if closed.holds_any() or memory.holds_any()
        }

    def client(self, connections: int = CONNECTIONS) -> httpx.AsyncClient:
        """Give the pool of connections; watches have one of their own, for they keep theirs."""
        if connections not in self._clients:
            wire = self._access.transport or Wire(self._access.context(), connections)
            self._clients[connections] = httpx.AsyncClient(
                base_url=self._access.server, transport=wire, timeout=TIMEOUT, trust_env=False
            )
        return self._clients[connections]

    def own_headers(self) -> list[tuple[str, str]]:
        """Give what shows who the portal is, where its certificate does not."""
        if self._access.token is None:
            return []
        return [("Authorization", f"Bearer {self._access.token.read_text().strip()}")]

    async def answers(self) -> bool:
        """Say whether the API server is ready."""
        try:
            return (await self.client().get("/readyz")).status_code == HTTPStatus.OK
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        for each in self._clients.values():
            await each.aclose()
        self._clients.clear()


class Voice:
    """The API server, as one person sees it."""

    def __init__(self, cluster: Cluster, person: Person, closed: Closed, memory: Memory) -> None:
        self._cluster, self.person = cluster, person
        self.closed, self.memory = closed, memory

    @property
    def wide(self) -> asyncio.Semaphore:
        """Give the turn that calls take which are one of many for a page."""
        return self._cluster.wide

    async def get(self, path: str, accept: str = JSON, **query: str) -> dict[str, Any]:
        """Read; what fails by the way is asked again.

        Raises:
            ServerRefusedError: 403, 404 and the like.
            UnreachableError: The API server does not answer.
        """
        return await self._patiently("GET", path, None, query, accept=accept)

    async def _patiently(
        self,
        method: str,
        path: str,
        body: Object | None,
        query: Mapping[str, str],
        accept: str = JSON,
    ) -> dict[str, Any]:
        for pause in PAUSES:
            try:
                return await self._ask(method, path, body, query, accept=accept)
            except UnreachableError:
                await asyncio.sleep(pause)
        return await self._ask(method, path, body, query, accept=accept)

    async def items(self, path: str, **query: str) -> list[dict[str, Any]]:
        """List from the API server's own memory: fast, and seconds old at most."""
        found: list[dict[str, Any]] = (await self.get(path, resourceVersion="0", **query))["items"]
        return found

    async def parts(self, path: str) -> AsyncIterator[list[dict[str, Any]]]:
        """List whole objects, some hundred at a time: other pages are answered in between."""
        query = {"limit": PART}
        while True:
            found = await self.get(path, **query)
            yield found["items"]
            left = found.get("metadata", {}).get("continue")
            if not left:
                return
            query["continue"] = left

    async def table(self, path: str) -> list[dict[str, Any]]:
        """List as `kubectl get` shows it: column → value, a tenth of the objects' size."""
        query = {"resourceVersion": "0", "includeObject": "None"}
        found = await self.get(path, f"{TABLE},{JSON}", **query)
        names = [each["name"] for each in found["columnDefinitions"]]
        return [dict(zip(names, row["cells"], strict=True)) for row in found.get("rows") or ()]

    async def review(self, path: str, body: Object) -> dict[str, Any]:
        """Ask what may be done; nothing comes to be, so it may be asked again."""
        return await self._patiently("POST", path, body, {})

    async def whole(
        self,
        plural: str,
        make: Callable[[dict[str, Any]], T] | None = None,
        seconds: float = SHARED_SECONDS,
    ) -> list[T]:
        """List all objects of a kind as lines of a table, or as what `make` makes of each.

        It is remembered for all who may list them. Whether this person may is asked in their own
        name, again each quarter of a minute.

        Raises:
            ServerRefusedError: They may not list all of them.
        """
        path = f"/apis/{GROUP}/{VERSION}/{plural}"
        if not await self.memory.recall(f"lists/{plural}", lambda: self._may_list(plural)):
            raise ServerRefusedError(HTTPStatus.FORBIDDEN, plural, "list", "Forbidden")

        async def read() -> list[Any]:
            if make is None:
                return await self.table(path)
            return [make(each) async for items in self.parts(path) for each in items]

        key = f"{plural}/{make.__qualname__ if make else ''}"
        return await self._cluster.shared.recall(key, read, seconds, SHARED_STALE_SECONDS)

    async def _may_list(self, plural: str) -> bool:
        found = await self.review(ACCESS_REVIEW, listing(plural))
        return bool(found["status"]["allowed"])

    async def create(self, path: str, body: Object) -> dict[str, Any]:
        return await self._write("POST", path, body)

    async def patch(self, path: str, body: Object) -> dict[str, Any]:
        return await self._write("PATCH", path, body, "application/merge-patch+json")

    async def _write(
        self, method: str, path: str, body: Object, content: str = JSON
    ) -> dict[str, Any]:
        try:
            return await self._ask(method, path, body, {}, content)
        finally:
            self.memory.forget()  # also where it failed: something is not as it was thought to be

    async def watch(self, path: str, **query: str) -> AsyncIterator[dict[str, Any]]:
        """Give changes as they come, until the API server ends the watch."""
        request = self._request("GET", path, None, {"watch": "1", **query})
        request.extensions["timeout"] = WATCHING.as_dict()
        client = self._cluster.client(WATCHES)
        try:
            answer = await client.send(request, stream=True)
            try:
                if answer.status_code != HTTPStatus.OK:
                    await answer.aread()
                    raise refusal_of(answer, path)
                async for line in answer.aiter_lines():
                    yield json.loads(line)
            finally:
                await answer.aclose()
        except httpx.HTTPError as error:
            raise UnreachableError(type(error).__name__) from error

    async def _ask(
        self,
        method: str,
        path: str,
        body: Object | None,
        query: Mapping[str, str],
        content: str = JSON,
        *,
        accept: str = JSON,
    ) -> dict[str, Any]:
        request = self._request(method, path, body, query, content)
        request.headers["Accept"] = accept
        try:
            answer = await self._cluster.client().send(request)
        except httpx.HTTPError as error:
            raise UnreachableError(type(error).__name__) from error
        if not answer.is_success:
            raise refusal_of(answer, path)
        found: dict[str, Any] = answer.json()
        return found

    def _request(
        self,
        method: str,
        path: str,
        body: Object | None,
        query: Mapping[str, str],
        content: str = JSON,
    ) -> httpx.Request:
        headers = [
            *self._cluster.own_headers(),
            ("Impersonate-User", self.person.user),
            *(("Impersonate-Group", group) for group in self.person.groups),
            ("Accept", JSON),
            ("Accept-Encoding", "identity"),  # next door: packing costs both more than it saves
            ("Content-Type", content),
        ]
        data = None if body is None else json.dumps(body).encode()
        return self._cluster.client().build_request(
            method, path, params=query, content=data, headers=headers
        )
