"""Speaks to an API server for the live gate, over the kubernetes client's connection."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from kubernetes import config
from urllib3.exceptions import HTTPError

from policies.gates.cluster import Answer, ClusterError, Query
from sen.errors import MissingPartError, RefusedError
from sen.local.platform import Platform
from stacks.problem import Problem

OK, UNAUTHORIZED, FORBIDDEN = 200, 401, 403
# A list that takes longer has no one at the other end.
PATIENCE_SECONDS = 60.0
# A watch is ended by the API server; this much later it is taken for lost.
GRACE_SECONDS = 30.0


class Connection:
    """One API server, asked with the rights that a kubeconfig gives."""

    def __init__(self, kubeconfig: Path | None, context: str | None) -> None:
        self.name = context or str(kubeconfig or "kubeconfig")
        self._api = _client(kubeconfig, context, self.name)
        self._pool = self._api.rest_client.pool_manager

    def get(self, path: str, query: Query) -> Answer:
        answer = self._ask(path, query, PATIENCE_SECONDS, stream=False)
        return Answer(answer.status, answer.data)

    def watch(self, path: str, query: Query) -> Iterator[bytes]:
        """Give the lines of a watch until the API server ends it."""
        seconds = float(query.get("timeoutSeconds", "300")) + GRACE_SECONDS
        answer = self._ask(path, query, seconds, stream=True)
        if answer.status != OK:
            message = str(Answer(answer.status, answer.read()).read().get("message"))
            raise ClusterError(answer.status, message)
        left = b""
        try:
            for part in answer.stream(amt=None, decode_content=True):
                *lines, left = (left + part).split(b"\n")
                yield from filter(None, lines)
        except HTTPError as error:
            raise ClusterError(0, type(error).__name__) from error
        finally:
            answer.release_conn()

    def _ask(self, path: str, query: Query, seconds: float, *, stream: bool) -> Any:  # noqa: ANN401
        headers = {**self._api.default_headers, "Accept": "application/json"}
        self._api.update_params_for_auth(headers, [], ["BearerToken"], path, "GET", None)
        url = f"{self._api.configuration.host}{path}?{urlencode(query)}"
        try:
            return self._pool.request(
                "GET", url, headers=headers, preload_content=not stream, timeout=seconds
            )
        except HTTPError as error:
            raise ClusterError(0, type(error).__name__) from error


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn what an API server would not answer into a problem.

    Raises:
        RefusedError: Who asks is nobody there.
        MissingPartError: The API server does not answer.
    """
    try:
        yield
    except ClusterError as error:
        values = {"why": error.message}
        if error.status in {UNAUTHORIZED, FORBIDDEN}:
            raise RefusedError(Problem("cluster-refused", name, values)) from error
        raise MissingPartError(Problem("cluster-unreachable", name, values)) from error


def connection(
    kubeconfig: Path | None = None, context: str | None = None, name: str = "local"
) -> Connection:
    """Connect to a cluster: the one of the kubeconfig, else the platform of this machine.

    Raises:
        MissingPartError: There is neither, or the kubeconfig is none.
    """
    if kubeconfig is None and context is None:
        platform = Platform(name)
        if not platform.exists:
            raise MissingPartError(platform.never_up())
        return Connection(platform.kubeconfig, platform.context)
    return Connection(kubeconfig, context)


def _client(kubeconfig: Path | None, context: str | None, name: str) -> Any:  # noqa: ANN401
    file = str(kubeconfig) if kubeconfig else os.environ.get("KUBECONFIG")
    try:
        return config.new_client_from_config(file, context=context)
    except (config.ConfigException, OSError, ValueError, TypeError) as error:
        values = {"why": type(error).__name__}
        raise MissingPartError(Problem("cluster-unreachable", name, values)) from error
