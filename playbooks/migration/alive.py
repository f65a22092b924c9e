"""Notices that a network was cut while an answer is waited for: nobody waits for ever.

A long statement is silent too. So it is not timed: the server is asked anew, over a connection of
its own, whether it is still there.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from stacks.problem import ProblemError

SECONDS = 60.0
# A path that gives no sign of life is given up after IDLE + EVERY * TIMES seconds.
IDLE, EVERY, TIMES = 30, 10, 6
MILLISECONDS = 1000 * (IDLE + EVERY * TIMES)


class Watch:
    """Asks a server again and again while something waits for it; cuts the wait when it is gone.

    Attributes:
        problem: Why the wait was cut; None as long as the server answers.
    """

    def __init__(
        self, probe: Callable[[], object], cut: Callable[[], object], every: float | None = None
    ) -> None:
        self._probe, self._cut = probe, cut
        self._every = SECONDS if every is None else every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.problem: ProblemError | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()

    def check(self) -> None:
        """Raise what was found.

        Raises:
            ProblemError: The server did not answer, so the wait was cut.
        """
        if self.problem is not None:
            raise self.problem from None

    def _look(self) -> None:
        while not self._over.wait(self._every):
            try:
                self._probe()
            except ProblemError as error:
                if not self._over.is_set():
                    self.problem = error
                    self._cut()
                return


def keep_alive(found: socket.socket | None) -> None:
    """Let the system notice a path that is cut, in a minute and a half instead of two hours."""
    if found is None or found.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        ("TCP_KEEPIDLE", IDLE),
        ("TCP_KEEPINTVL", EVERY),
        ("TCP_KEEPCNT", TIMES),
        ("TCP_USER_TIMEOUT", MILLISECONDS),
    ):
        if hasattr(socket, option):
            found.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
