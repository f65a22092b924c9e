"""A browser without a screen: keeps cookies, sends forms with what the page gave it."""

from __future__ import annotations

import asyncio
import html
import re

import httpx

URL = "http://127.0.0.1:8380"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Browser:
    """One person's browser at a portal."""

    def __init__(self, app, runner: asyncio.Runner, address: str = "127.0.0.1") -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1))
        self.client = httpx.AsyncClient(transport=transport, base_url=URL)
        self._runner = runner

    def ask(self, method, path, **rest):
        return self._runner.run(self.client.request(method, path, **rest))

    def get(self, path, **rest):
        return self.ask("GET", path, **rest)

    def post(self, path, data=None, **rest):
        headers = {"Origin": URL, **rest.pop("headers", {})}
        return self.ask("POST", path, data=data, headers=headers, **rest)

    def sign_in(self, user, then="/"):
        return self.post("/login/dev", {"person": user, "next": then})

    def hidden(self, path):
        """Give the hidden fields of a page's last form: CSRF secret, tokens."""
        fields = HIDDEN.findall(self.get(path).text)
        return {name: html.unescape(value) for name, value in fields}
