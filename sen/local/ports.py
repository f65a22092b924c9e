"""Loopback ports: chosen once, remembered, and never taken from another process."""

import random
import socket
from collections.abc import Iterable
from contextlib import ExitStack

import psutil

from sen.local.patience import wait_until

LOOPBACK = "127.0.0.1"
# Below the range from which the kernel gives ports to outgoing connections: a port that is
# remembered while the platform is down is not lent to a passing client meanwhile.
FIRST, LAST = 20000, 29999
RELEASE_SECONDS = 3.0
NAMES = (
    "etcd",
    "etcd-peer",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok",
    "versitygw",
)


def choose(taken: Iterable[int] = ()) -> dict[str, int]:
    """Choose a free port for each listener, none of them in `taken`."""
    avoid = set(taken)
    chosen: dict[str, int] = {}
    candidates = random.SystemRandom().sample(range(FIRST, LAST + 1), k=1000)
    with ExitStack() as held:
        for port in candidates:
            if port not in avoid and (listener := _listener(port)) is not None:
                held.enter_context(listener)
                chosen[NAMES[len(chosen)]] = port
            if len(chosen) == len(NAMES):
                return chosen
    raise OSError(f"no free port on {LOOPBACK} between {FIRST} and {LAST}")


def is_free(port: int) -> bool:
    listener = _listener(port)
    if listener is None:
        return False
    listener.close()
    return True


def becomes_free(port: int) -> bool:
    """Wait a moment: what was killed just now gives its ports back a little later."""
    return wait_until(lambda: is_free(port), RELEASE_SECONDS)


def holder(port: int) -> str:
    """Name who listens on a port: `name (pid 1)`, or `another process` when it may not be seen."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return "another process"
    for connection in connections:
        if connection.laddr and connection.laddr.port == port and connection.pid:
            try:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
            except psutil.NoSuchProcess:
                continue
    return "another process"


def _listener(port: int) -> socket.socket | None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # As the parts themselves do it: connections that are closing do not count as taken.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(1)
    except OSError:
        listener.close()
        return None
    return listener
