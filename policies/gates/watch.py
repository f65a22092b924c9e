"""The live gate goes on: what changes is judged again, and changed verdicts are told."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from policies.finding import Finding, Target
from policies.gates.choice import Choice
from policies.gates.cluster import Answer, Cluster, ClusterError, Served, Thing, around, whole
from policies.gates.live import NAMESPACES, Audit, Where
from policies.gates.look import Change as ChangeFindings
from policies.gates.look import Judged, Look

# After so long the API server ends a watch, and the next one begins where it ended.
SECONDS = 300
# After an answer that was none, so long until the next question.
PAUSE_SECONDS = 1.0

Key = tuple[str, str, str]
State = dict[Key, Judged]


@dataclass(frozen=True)
class Change:
    """One object whose verdicts are not what they were.

    Attributes:
        begun: Findings that were not there before.
        ended: Findings that are no more.
        gone: The object was deleted.
    """

    target: Target
    at: datetime
    begun: tuple[Finding, ...] = ()
    ended: tuple[Finding, ...] = ()
    gone: bool = False


@dataclass(frozen=True)
class Event:
    """What a watch said about a kind; without an object: read all of it again."""

    kind: Served
    type: str
    thing: Thing | None = None


class Watch:
    """A look at a cluster that never ends.

    Args:
        cluster: The API server.
        choice: The rules.
        where: Which part of the cluster.
        change: Puts waivers into findings.
        seconds: How long one watch lasts before the next.
    """

    def __init__(
        self,
        cluster: Cluster,
        choice: Choice,
        where: Where | None = None,
        change: ChangeFindings = tuple,
        seconds: int = SECONDS,
    ) -> None:
        self._cluster, self._choice, self._where = cluster, choice, where or Where()
        self._honour, self._seconds = change, seconds
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._state: State = {}
        self._neighbours = {NAMESPACES, *around(choice.rules)}
        self._audit = Audit(cluster, choice, self._where)

    def first(self) -> Look:
        """Look at everything once."""
        look = self._audit.look().changed(self._honour)
        self._state = {_key(each.target): each for each in look.judged}
        return look

    def changes(self) -> Iterator[Change]:
        """Follow every kind from where the first look read it; give changes until it is closed."""
        for kind, version in self._audit.versions.items():
            threading.Thread(target=self._follow, args=(kind, version), daemon=True).start()
        try:
            while True:
                yield from self._answered(self._events.get())
        finally:
            self._ended.set()

    def _answered(self, event: Event) -> Iterator[Change]:
        again = event.thing is None or event.kind in self._neighbours
        while again and not self._events.empty():
            event = self._events.get()  # everything is read anew: what came meanwhile is in it
        if again:
            yield from self._anew()
        elif event.thing is not None and self._is_inside(event.thing):
            found = None if event.type == "DELETED" else self._audit.judged(event.thing)
            yield from self._told(_key_of(event.kind, event.thing), found)

    def _anew(self) -> Iterator[Change]:
        self._audit = Audit(self._cluster, self._choice, self._where)
        seen = {_key(each.target): each for each in self._audit.look().judged}
        for key in {**self._state, **seen}:
            yield from self._told(key, seen.get(key))

    def _told(self, key: Key, now: Judged | None) -> Iterator[Change]:
        before = self._state.pop(key, None)
        if now is not None:
            now = self._state[key] = now.changed(self._honour)
        old = {_verdict(each): each for each in before.told} if before else {}
        new = {_verdict(each): each for each in now.told} if now else {}
        begun = tuple(each for name, each in new.items() if name not in old)
        ended = tuple(each for name, each in old.items() if name not in new)
        known = now or before
        if known and (begun or ended):
            yield Change(known.target, datetime.now(UTC), begun, ended, gone=now is None)

    def _is_inside(self, thing: Thing) -> bool:
        if self._where.everywhere:
            return True
        return self._audit.around.knows((thing.get("metadata") or {}).get("namespace"))

    def _follow(self, kind: Served, version: str) -> None:
        while not self._ended.is_set():
            version = self._watched(kind, version)

    def _watched(self, kind: Served, version: str) -> str:
        """Hand on the events of one watch; give the version at which the next one begins."""
        query = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(self._seconds),
        }
        try:
            for line in self._cluster.watch(kind.path(self._where.namespace), query):
                if self._ended.is_set():
                    break
                version = self._taken(kind, line)
        except ClusterError as error:
            return self._lost(kind, version, error.status)
        return version

    def _taken(self, kind: Served, line: bytes) -> str:
        event = Answer(HTTPStatus.OK, line).read()
        thing: dict[str, Any] = event.get("object") or {}
        if event.get("type") == "ERROR":
            raise ClusterError(int(thing.get("code") or 500), json.dumps(thing.get("message")))
        if event.get("type") != "BOOKMARK":
            self._events.put(Event(kind, str(event.get("type")), whole(kind, thing)))
        return str((thing.get("metadata") or {}).get("resourceVersion", ""))

    def _lost(self, kind: Served, version: str, status: int) -> str:
        """Begin again: the version is too old, or the API server did not answer."""
        if status != HTTPStatus.GONE:
            self._ended.wait(PAUSE_SECONDS)
            return version
        self._events.put(Event(kind, "LOST"))
        return ""


def _verdict(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.verdict


def _key(target: Target) -> Key:
    return target.kind, target.namespace, target.name


def _key_of(kind: Served, thing: Thing) -> Key:
    metadata = thing.get("metadata") or {}
    return kind.name, str(metadata.get("namespace") or ""), str(metadata.get("name") or "")
