"""Answers Prometheus and the kubelet: /metrics, /healthz, /readyz."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST

from sen.errors import MissingPartError
from stacks.problem import Problem

PORT = 8381
_PLAIN = "text/plain; charset=utf-8"
Why = Callable[[], str]


@dataclass
class Health:
    """What is asked; each gives why not, or nothing while all is well."""

    metrics: Callable[[], bytes]
    healthy: Why = str
    ready: Why = str

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Give status, content type and body."""
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, self.metrics()
        asked = {"/healthz": self.healthy, "/readyz": self.ready}.get(path)
        if asked is None:
            return 404, _PLAIN, b"not found\n"
        why = asked()
        return (503 if why else 200), _PLAIN, f"{why or 'ok'}\n".encode()


@contextmanager
def listening(address: str, health: Health) -> Iterator[int]:
    """Answer at `host:port` until left; give the port (0 asks for a free one).

    Raises:
        MissingPartError: Nothing can listen there.
    """
    host, _, port = address.rpartition(":")
    try:
        server = ThreadingHTTPServer((host.strip("[]"), int(port)), _handler(health))
    except (OSError, ValueError, OverflowError) as error:
        values = {"address": address, "why": getattr(error, "strerror", "") or "host:port"}
        raise MissingPartError(Problem("operator-no-address", "operator", values)) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(health: Health) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10.0

        def do_GET(self) -> None:
            status, kind, body = health.answer(self.path.partition("?")[0])
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet: a probe comes every few seconds."""

    return Handler
