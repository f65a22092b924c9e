"""Lists objects of one kind and then hears every change, for as long as it is wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from sen.operator.log import LOG
from sen.operator.rest import GONE, Rest

PAGE = 250
# How long the API server keeps a watch open; bookmarks come about once a minute.
WATCH_SECONDS = 300
# Longer silence than two bookmarks: the connection is dead.
SILENT_SECONDS = 150
AGAIN_SECONDS = 5.0
Object = Mapping[str, Any]
Heard = Callable[[str, Object], None]


class ExpiredError(Exception):
    """What came in between is not known any more: list again."""


@dataclass
class Watch:
    """One kind's objects under a label; `run` blocks, in a thread of its own.

    Attributes:
        path: Of the list, as `/apis/networking.k8s.io/v1/networkpolicies`.
        heard: Called with what happened (ADDED, MODIFIED, DELETED) and the object.
        turn: Held while listing, so that several watches do not list at once.
    """

    rest: Rest
    path: str
    label: str
    heard: Heard
    over: threading.Event = field(default_factory=threading.Event)
    turn: threading.Lock = field(default_factory=threading.Lock)
    version: str = ""

    def run(self) -> None:
        while not self.over.is_set():
            try:
                if not self.version:
                    with self.turn:
                        self._list()
                self._hear()
            except ExpiredError:
                self.version = ""
            except (ApiException, HTTPError, OSError, ValueError) as error:
                LOG.warning("watch of %s: %s", self.path, type(error).__name__)
                if getattr(error, "status", 0) == GONE:
                    self.version = ""
                self.over.wait(AGAIN_SECONDS)

    def _list(self) -> None:
        """Hear of everything there is, page by page; nothing is kept."""
        more = ""
        while not self.over.is_set():
            asked = {"labelSelector": self.label, "limit": str(PAGE), "continue": more}
            page = self.rest.ask("GET", self.path, None, **asked)
            for each in page["items"]:
                self.heard("ADDED", each)
            more = page["metadata"].get("continue", "")
            if not more:
                self.version = page["metadata"]["resourceVersion"]
                return

    def _hear(self) -> None:
        asked = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": self.version,
            "timeoutSeconds": str(WATCH_SECONDS),
            "labelSelector": self.label,
        }
        for event in self.rest.stream(self.path, SILENT_SECONDS, **asked):
            if event["type"] == "ERROR":
                raise ExpiredError
            self.version = event["object"]["metadata"]["resourceVersion"]
            if event["type"] != "BOOKMARK":
                self.heard(event["type"], event["object"])
            if self.over.is_set():
                return
