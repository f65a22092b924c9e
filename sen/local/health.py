"""Is a part well? Asked of the part itself, by its own health check."""

import http.client
import ssl
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from sen.local.authority import expiry
from sen.local.parts import Part
from sen.local.platform import Platform
from sen.local.wire import caller

WELL = "healthy"
PAUSE_SECONDS = 0.1


def verdict(platform: Platform, part: Part) -> str:
    """Give `healthy`, or the reason why not, as the listener tells it."""
    ended = ended_credential(platform, part, datetime.now(UTC))
    if ended is not None:
        return f"certificate {ended[0]} expired on {ended[1]:%Y-%m-%d}"
    try:
        asker = caller(platform.pki, part.ports[0], part.authority, part.asks_as)
        status, _ = asker.ask("GET", part.health)
    except ssl.SSLError as error:
        return f"TLS: {error.reason or error}"
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {error}"
    return WELL if status == HTTPStatus.OK else f"answers {status}"


def ended_credential(platform: Platform, part: Part, now: datetime) -> tuple[str, datetime] | None:
    for name in part.credentials:
        ends = expiry(platform.pki, name)
        if ends is not None and ends <= now:
            return name, ends
    return None


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again until the answer is yes or time is up."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    return True


def all_well(platform: Platform, parts: Sequence[Part]) -> bool:
    return all(verdict(platform, part) == WELL for part in parts)
