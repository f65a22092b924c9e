"""The headers of every answer: nothing from elsewhere, nothing inline, nothing remembered."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders

from sen.portal.state import State

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FIXED = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000; includeSubDomains"


def add(headers: MutableHeaders, state: State, path: str) -> None:
    """Add what is missing."""
    for name, value in FIXED.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "max-age=3600" if _fixed(path) else "no-store")
    headers.setdefault("X-Request-Id", state.request_id)
    if state.settings.is_secure:
        headers.setdefault("Strict-Transport-Security", HSTS)


def _fixed(path: str) -> bool:
    return path.startswith("/static/")
