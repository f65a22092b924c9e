"""The few calls that bringing up a platform needs, straight over loopback and past any proxy."""

import http.client
import json
import ssl
from dataclasses import dataclass
from pathlib import Path

from sen.local.authority import certificate_file, key_file
from sen.local.ports import LOOPBACK

TIMEOUT_SECONDS = 5.0
APPLY = "application/apply-patch+yaml"


@dataclass(frozen=True)
class Caller:
    """Who calls whom: the listener's authority (None: plain HTTP) and the caller's key pair."""

    port: int
    authority: Path | None
    certificate: Path | None = None
    key: Path | None = None

    def ask(
        self, method: str, path: str, body: object = None, content: str = "application/json"
    ) -> tuple[int, bytes]:
        """Send one request and give status and body."""
        connection = self._connection()
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, path, data, {"Content-Type": content})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self.authority is None:
            return http.client.HTTPConnection(LOOPBACK, self.port, timeout=TIMEOUT_SECONDS)
        context = ssl.create_default_context(cafile=str(self.authority))
        if self.certificate and self.key:
            context.load_cert_chain(self.certificate, self.key)
        return http.client.HTTPSConnection(
            LOOPBACK, self.port, timeout=TIMEOUT_SECONDS, context=context
        )


def caller(pki: Path, port: int, authority: str | None, asks_as: str | None = None) -> Caller:
    """Make a caller from names of the platform's key pairs."""
    trusted = certificate_file(pki, authority) if authority else None
    if asks_as is None:
        return Caller(port, trusted)
    return Caller(port, trusted, certificate_file(pki, asks_as), key_file(pki, asks_as))
