"""Reads a cluster page by page, and tells what it does not have from what may not be read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol

from policies.kind import group_and_name, kinds, split
from policies.rule import Rule

Query = Mapping[str, str]
Thing = dict[str, Any]

FIRST_PAGE = 50
MOST = 500
# A page is held twice, as text and as objects: so many bytes are aimed at.
PAGE_BYTES = 4 << 20


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = field(repr=False)

    def read(self) -> dict[str, Any]:
        """Give the JSON object; what is none tells nothing."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Cluster(Protocol):
    """The two questions that are put to an API server."""

    def get(self, path: str, query: Query) -> Answer: ...

    def watch(self, path: str, query: Query) -> Iterator[bytes]: ...


class ClusterError(Exception):
    """The API server gave another answer than the one that was hoped for."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class ForbiddenError(ClusterError):
    """Whoever asks may not read this."""


class AbsentError(ClusterError):
    """The cluster does not serve this."""


@dataclass(frozen=True)
class Served:
    """A kind as the API server serves it."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool

    @property
    def name(self) -> str:
        return group_and_name(self.api_version, self.kind)

    def path(self, namespace: str = "", name: str = "") -> str:
        root = "/apis" if "/" in self.api_version else "/api"
        home = f"/namespaces/{namespace}" if namespace and self.namespaced else ""
        return f"{root}/{self.api_version}{home}/{self.plural}" + (f"/{name}" if name else "")


@dataclass(frozen=True)
class Page:
    things: Sequence[Thing]
    version: str


def served(name: str) -> Served | None:
    """Give how a kind of `kinds.yaml` is asked for; None for what no API server has."""
    known = kinds().kinds.get(name)
    if known is None or not known.resources:
        return None
    group, version, kind = split(name)
    api_version = f"{group}/{version}" if group else version
    return Served(api_version, kind, known.resources[0], known.namespaced)


def served_for(rules: Sequence[Rule]) -> tuple[Served, ...]:
    """Give the kinds that rules are about, each once."""
    names = dict.fromkeys(name for rule in rules for name in rule.kinds)
    return tuple(each for each in map(served, names) if each)


def around(rules: Sequence[Rule]) -> tuple[Served, ...]:
    """Give the kinds that rules look at beside the object that they judge."""
    names = dict.fromkeys(name for rule in rules for name in needed(rule))
    return tuple(each for each in map(served, names) if each)


def needed(rule: Rule) -> tuple[str, ...]:
    return (*rule.among, *((rule.context,) if rule.context else ()))


def pages(cluster: Cluster, kind: Served, namespace: str = "") -> Iterator[Page]:
    """List one kind, page by page.

    Raises:
        ForbiddenError: It may not be read.
        AbsentError: There is no such kind.
        ClusterError: The API server failed.
    """
    more, limit = "", FIRST_PAGE
    while True:
        answer = cluster.get(kind.path(namespace), _query(limit, more))
        read = answer.read()
        if answer.status == HTTPStatus.GONE and _more(read):
            more = _more(read)  # the list got too old: go on with what the API server offers
            continue
        _raise_for(answer, read)
        items = read.get("items") or ()
        yield Page([whole(kind, each) for each in items], str(_of(read, "resourceVersion")))
        more = _more(read)
        if not more:
            return
        size = len(answer.body) // max(len(items), 1) + 1
        limit = max(1, min(MOST, PAGE_BYTES // size))


def one(cluster: Cluster, kind: Served, name: str, namespace: str = "") -> Thing | None:
    """Get one object; None when it is not there.

    Raises:
        ForbiddenError: It may not be read.
        ClusterError: The API server failed.
    """
    answer = cluster.get(kind.path(namespace, name), {})
    if answer.status == HTTPStatus.NOT_FOUND:
        return None
    read = answer.read()
    _raise_for(answer, read)
    return whole(kind, read)


def _query(limit: int, more: str) -> Query:
    return {"limit": str(limit), **({"continue": more} if more else {})}


def _of(read: Mapping[str, Any], name: str) -> object:
    metadata = read.get("metadata")
    return metadata.get(name, "") if isinstance(metadata, dict) else ""


def _more(read: Mapping[str, Any]) -> str:
    return str(_of(read, "continue") or "")


def _raise_for(answer: Answer, read: Mapping[str, Any]) -> None:
    if answer.status == HTTPStatus.OK:
        return
    message = str(read.get("message") or f"status {answer.status}")
    known: dict[int, type[ClusterError]] = {403: ForbiddenError, 404: AbsentError}
    raise known.get(answer.status, ClusterError)(answer.status, message)


def whole(kind: Served, thing: Thing) -> Thing:
    """Say what a list leaves out, and leave out what no rule reads."""
    metadata = thing.get("metadata")
    if isinstance(metadata, dict):
        metadata.pop("managedFields", None)
    return {**thing, "apiVersion": kind.api_version, "kind": kind.kind}
