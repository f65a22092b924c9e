"""The API server as the Git door speaks to it: for itself, or as a person whose rights decide."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

from kubernetes import client, config
from urllib3 import HTTPHeaderDict
from urllib3.exceptions import HTTPError

from sen.errors import MissingPartError, RefusedError
from stacks.components.access import OIDC_PREFIX
from stacks.models.objects import GROUP, VERSION
from stacks.models.objects.admission import GIT_DOOR
from stacks.problem import Problem

MANAGER = "sen-gitops"
APPLY = "application/apply-patch+yaml"
# The API server's own words while its admission has not seen a request that was just made.
NOT_SEEN_YET = "no params found"
PATIENCE_SECONDS, PAUSE_SECONDS = 10.0, 0.1
REFUSED = frozenset({400, 401, 403, 404, 405, 409, 413, 415, 422})

Object = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Somebody to speak as: the API server asks RBAC whether the caller may, then what they may."""

    user: str
    groups: tuple[str, ...] = ()


THE_DOOR = Person(GIT_DOOR)


def member(user: str, groups: tuple[str, ...]) -> Person:
    """Give a person of OIDC groups."""
    return Person(user, tuple(f"{OIDC_PREFIX}{group}" for group in groups))


@dataclass(frozen=True)
class Server:
    """An API server, and whom this side speaks as when nobody else is named."""

    kubeconfig: Path
    context: str | None = None
    speaks_as: Person | None = None
    _api: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        configuration = client.Configuration()
        try:
            config.load_kube_config(str(self.kubeconfig), self.context, configuration)
        except config.ConfigException as error:
            raise self._away(type(error).__name__) from error
        object.__setattr__(self, "_api", client.ApiClient(configuration))

    def is_open(self, namespace: str) -> bool:
        """Say whether a desk is there; who may not ask is told when they use it."""
        try:
            self._ask("GET", f"/api/v1/namespaces/{namespace}")
        except _AnswerError as error:
            return error.status != HTTPStatus.NOT_FOUND
        return True

    def listed(self, plural: str, namespace: str | None = None, labels: str = "") -> list[Object]:
        """List objects of one of our kinds."""
        query = f"?labelSelector={labels}" if labels else ""
        answer = self._told("GET", f"{_path(plural, namespace)}{query}")
        items: list[Object] = answer["items"]
        return items

    def apply(self, thing: Any) -> Object:  # noqa: ANN401 - an object of the cluster
        """Make a request what a file says, by server-side apply."""
        meta = thing["metadata"]
        path = _path("tenantrequests", meta["namespace"], meta["name"])
        query = f"?fieldManager={MANAGER}&force=true&fieldValidation=Strict"
        return self._told("PATCH", path + query, thing, content=APPLY)

    def decide(self, namespace: str, thing: Object, person: Person) -> Object:
        """Make an approval as the person who agreed."""
        path = f"{_path('approvals', namespace)}?fieldManager={MANAGER}&fieldValidation=Strict"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._told("POST", path, thing, person=person)
            except RefusedError as error:
                if NOT_SEEN_YET not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE_SECONDS)

    def forget(self, namespace: str, name: str, only_if: Any) -> None:  # noqa: ANN401
        """Delete a request, if it is still the one that was looked at."""
        self._told("DELETE", _path("tenantrequests", namespace, name), only_if)

    def _told(self, method: str, path: str, body: object = None, **more: Any) -> Object:  # noqa: ANN401
        try:
            return self._ask(method, path, body, **more)
        except _AnswerError as error:
            values = {"why": error.words}
            raise RefusedError(Problem("cluster-refused", self._name, values)) from error

    def _ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        content: str = "application/json",
        person: Person | None = None,
    ) -> Object:
        try:
            answer = self._api.rest_client.pool_manager.request(
                method,
                self._api.configuration.host + path,
                body=None if body is None else json.dumps(body),
                headers=self._headers(content, person or self.speaks_as),
            )
        except (HTTPError, OSError) as error:
            raise self._away(type(error).__name__) from error
        try:
            said: Object = json.loads(answer.data)
        except ValueError:
            said = {"message": str(answer.reason)}
        if answer.status < HTTPStatus.BAD_REQUEST:
            return said
        if answer.status not in REFUSED:
            raise self._away(str(answer.status))
        raise _AnswerError(answer.status, str(said.get("message", answer.reason)))

    def _headers(self, content: str, person: Person | None) -> HTTPHeaderDict:
        headers: dict[str, str] = {}
        self._api.update_params_for_auth(headers, [], ["BearerToken"], "", "", None)
        sent = HTTPHeaderDict({**headers, "Content-Type": content, "User-Agent": MANAGER})
        if person:
            sent.add("Impersonate-User", person.user)
            for group in person.groups:
                sent.add("Impersonate-Group", group)
        return sent

    @property
    def _name(self) -> str:
        return self.context or str(self.kubeconfig)

    def _away(self, why: str) -> MissingPartError:
        return MissingPartError(Problem("cluster-unreachable", self._name, {"why": why}))


class _AnswerError(Exception):
    """The API server says no."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


def _path(plural: str, namespace: str | None, name: str = "") -> str:
    inside = f"/namespaces/{namespace}" if namespace else ""
    return f"/apis/{GROUP}/{VERSION}{inside}/{plural}" + (f"/{name}" if name else "")
