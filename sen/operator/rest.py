"""The API server by paths and plain JSON: no models, no discovery, streams as they come."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from kubernetes import client
from kubernetes.client.exceptions import ApiException
from urllib3 import Timeout

JSON = "application/json"
APPLY = "application/apply-patch+yaml"
NOT_FOUND, CONFLICT, GONE = 404, 409, 410
SECONDS = (5.0, 30.0)
Body = Mapping[str, Any]


class Rest:
    """Asks with the credentials of a client; a token that was renewed is read again."""

    def __init__(self, api: client.ApiClient) -> None:
        self._api = api
        self._streams: set[socket.socket] = set()

    def close(self) -> None:
        """End every stream, also one that waits for its next line, and every connection."""
        for each in list(self._streams):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._api.rest_client.pool_manager.clear()

    def ask(
        self, method: str, path: str, body: Body | None = None, *, content: str = JSON, **query: str
    ) -> dict[str, Any]:
        """Ask and give the answer.

        Raises:
            ApiException: The API server said no.
            HTTPError: It did not answer.
        """
        answer = self._open(method, path, query, body, content, SECONDS)
        found: dict[str, Any] = json.loads(answer.data)
        return found

    def stream(self, path: str, longest_seconds: float, **query: str) -> Iterator[dict[str, Any]]:
        """Give the answer's lines as they come, each an object."""
        answer = self._open("GET", path, query, None, JSON, (SECONDS[0], longest_seconds))
        rest, wire = b"", answer.connection.sock
        self._streams.add(wire)
        try:
            for chunk in answer.stream(1 << 16):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from (json.loads(line) for line in lines if line)
        finally:
            self._streams.discard(wire)
            answer.close()

    def _open(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Body | None,
        content: str,
        timeout: tuple[float, float],
    ) -> Any:  # noqa: ANN401 - urllib3's answer
        headers = {"Accept": JSON, "Content-Type": content}
        asked = self._api.param_serialize(
            method, path, header_params=headers, auth_settings=["BearerToken"]
        )
        url = f"{asked[1]}?{urlencode(query)}" if query else asked[1]
        pool = self._api.rest_client.pool_manager
        data = None if body is None else json.dumps(body).encode()
        answer = pool.request(
            method,
            url,
            headers=dict(asked[2]),
            body=data,
            timeout=Timeout(connect=timeout[0], read=timeout[1]),
            preload_content=False,
        )
        if answer.status >= 300:  # noqa: PLR2004 - what HTTP calls a success is below
            refused = ApiException(status=answer.status, reason=_words(answer))
            refused.body = refused.reason
            raise refused
        return answer


def _words(answer: Any) -> str:  # noqa: ANN401 - urllib3's answer
    """Give what the API server itself says."""
    try:
        return str(json.loads(answer.data)["message"])
    except (ValueError, KeyError, TypeError):
        return str(answer.reason)
