"""Waiting for a thing to become true, with an end."""

import time
from collections.abc import Callable

PAUSE_SECONDS = 0.05


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again until the answer is yes or time is up."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    return True
