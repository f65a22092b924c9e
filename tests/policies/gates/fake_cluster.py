"""An API server of a test's own: lists in pages, refuses, loses lists, and tells of changes."""

from __future__ import annotations

import copy
import json
import queue
from collections.abc import Iterator, Mapping
from typing import Any

from policies.gates.cluster import Answer, ClusterError

Thing = dict[str, Any]


class FakeCluster:
    """Serves objects by path.

    Attributes:
        asked: Every question: path and query.
        answers: Given for a path instead of a list: a status.
        too_old: Paths whose next page is answered by 410 once.
    """

    def __init__(self, things: Mapping[str, list[Thing]]) -> None:
        self.things = dict(things)
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.answers: dict[str, int] = {}
        self.too_old: set[str] = set()
        self.events: dict[str, queue.SimpleQueue[Any]] = {}

    def get(self, path: str, query: Mapping[str, str]) -> Answer:
        self.asked.append((path, dict(query)))
        if path in self.answers:
            status = self.answers[path]
            return answer(status, {"message": f"no: {status}"})
        if "limit" not in query:
            return self._one(path)
        found = self._under(path)
        if found is None:
            return answer(404, {"message": "not here"})
        start = int(query.get("continue", "0"))
        if start and path in self.too_old:
            self.too_old.remove(path)
            return answer(410, {"message": "old", "metadata": {"continue": str(start)}})
        end = start + int(query["limit"])
        metadata = {"resourceVersion": "7", **({"continue": str(end)} if end < len(found) else {})}
        return answer(200, {"metadata": metadata, "items": found[start:end]})

    def watch(self, path: str, query: Mapping[str, str]) -> Iterator[bytes]:
        self.asked.append((path, dict(query)))
        waiting = self.events.setdefault(path, queue.SimpleQueue())
        while (event := waiting.get()) is not None:
            if isinstance(event, int):
                raise ClusterError(event, "gone")
            yield json.dumps(event).encode()

    def tell(self, path: str, event: Any) -> None:
        self.events.setdefault(path, queue.SimpleQueue()).put(event)

    def _under(self, path: str) -> list[Thing] | None:
        if path in self.things:
            return copy.deepcopy(self.things[path])
        root, _, rest = path.partition("/namespaces/")
        namespace, _, plural = rest.partition("/")
        every = self.things.get(f"{root}/{plural}") if plural else None
        if every is None:
            return None
        return [each for each in every if each["metadata"]["namespace"] == namespace]

    def _one(self, path: str) -> Answer:
        collection, _, name = path.rpartition("/")
        for each in self.things.get(collection, ()):
            if each["metadata"]["name"] == name:
                return answer(200, each)
        return answer(404, {"message": "not here"})


def answer(status: int, body: Thing) -> Answer:
    return Answer(status, json.dumps(body).encode())
