"""Ports for servers of tests."""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress

from sen.local.ports import LOOPBACK


def free_port() -> int:
    """Give a port below those that outgoing calls take: one of them may take a stopped server's."""
    while True:
        port = 15_000 + secrets.randbelow(17_000)
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOOPBACK, port))
            return port
