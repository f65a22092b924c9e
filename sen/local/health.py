"""Is a part well? Asked of the part itself, by its own health check."""

import http.client
import ssl
from datetime import UTC, datetime
from http import HTTPStatus

from sen.local.authority import expiry
from sen.local.parts import Part
from sen.local.platform import Platform
from sen.local.wire import caller

WELL = "healthy"


def verdict(platform: Platform, part: Part) -> str:
    """Give `healthy`, or the reason why not, as the listener tells it."""
    ended = ended_credential(platform, part, datetime.now(UTC))
    if ended is not None:
        return f"certificate {ended[0]} expired on {ended[1]:%Y-%m-%d}"
    try:
        asker = caller(platform.pki, part.ports[0], part.authority, part.asks_as)
        status, answer = asker.ask("GET", part.health)
    except ssl.SSLError as error:
        return f"TLS: {error.reason or error}"
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {error}"
    if status != HTTPStatus.OK:
        return f"answers {status}"
    return WELL if part.says in answer else "not yet ready"


def ended_credential(platform: Platform, part: Part, now: datetime) -> tuple[str, datetime] | None:
    for name in part.credentials:
        ends = expiry(platform.pki, name)
        if ends is not None and ends <= now:
            return name, ends
    return None
