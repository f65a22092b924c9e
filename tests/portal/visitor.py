"""A person in a real browser: signs in, looks, and notices what a page should never do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    APIResponse,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    Response,
)

from sen.local.platform import Platform
from sen.portal.seal import Seal
from tests.picture import write_picture
from tests.portal.people import Person

PICTURES = "SEN_SCREENSHOTS"
# WCAG 2.2 AA and what axe's authors hold for good practice.
AXE: dict[str, Any] = {"resultTypes": ["violations"]}
# What a browser writes into the console for a page that says no; the status is the test's business.
SAYS_NO = "Failed to load resource: the server responded with a status of 4"


class Visitor:
    """One person with a browser profile of their own.

    Attributes:
        faults: What went wrong unasked: console errors, refused scripts, dialogs, calls elsewhere.
    """

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.context, self.home = context, home
        self.faults: list[str] = []
        context.set_default_timeout(60_000)  # the machine may be busy with other tests
        context.on("console", self._heard)
        context.on("dialog", self._asked)
        context.on("request", self._called)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        self.page: Page = context.new_page()

    def go(self, path: str) -> Response:
        """Open a page of the portal."""
        answer = self.page.goto(self.home + path)
        assert answer is not None
        return answer

    def sign_in(self, person: Person, path: str = "/") -> Visitor:
        """Come to a page without a session, and be let in by the provider."""
        self.go(path)
        return self.enter(person)

    def enter(self, person: Person) -> Visitor:
        """Go from the sign-in page to the provider, and be let in."""
        self.page.locator("a[href^='/login/oidc']").click()
        self.page.locator(f"button[name=sub][value='{person.sub}']").click()
        self.page.wait_for_url(f"{self.home}/**")
        return self

    def post(self, path: str, form: dict[str, Any]) -> APIResponse:
        """Send a form that no page shows, with this person's cookies."""
        return self.context.request.post(
            self.home + path, form=form, headers={"Origin": self.home}, max_redirects=0
        )

    def expire(self, platform: Platform) -> None:
        """Make the session one that nobody used for an hour, as its own key allows."""
        seal = Seal((platform.state / "portal" / "session.key").read_bytes())
        (cookie,) = (each for each in self.context.cookies() if each["name"] == "sen-session")
        session = seal.open("session", cookie["value"])
        assert session is not None
        aged = seal.close("session", session | {"seen": session["seen"] - 3600})
        self.context.add_cookies([{"name": "sen-session", "value": aged, "url": self.home}])

    def at(self) -> str:
        """Give the path of the page that is open."""
        return urlsplit(self.page.url).path

    def lang(self) -> str:
        return self.page.locator("html").get_attribute("lang") or ""

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def barriers(self) -> list[str]:
        """Give what keeps people out of the open page, as axe names it."""
        found = Axe().run(self.page, options=AXE).response["violations"]
        where = urlsplit(self.page.url).path
        return [
            f"{where}: {each['id']}: {node['target']} {node['html'][:160]}"
            for each in found
            for node in each["nodes"]
        ]

    def overflow(self) -> int:
        """Give by how many pixels the page is wider than the window."""
        wider: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wider

    def picture(self, name: str) -> None:
        """Write what is seen, with few colours, if a folder for pictures was named."""
        if folder := os.environ.get(PICTURES):
            self.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
            taken = self.page.screenshot(full_page=True, animations="disabled", caret="hide")
            write_picture(taken, Path(folder) / f"{name}.png")

    def wait_for(self, true: Callable[[], bool], seconds: float = 60.0) -> bool:
        """Ask a page again and again; the browser goes on meanwhile."""
        for _ in range(int(seconds * 4)):
            if true():
                return True
            self.page.wait_for_timeout(250)
        return False

    def _heard(self, said: ConsoleMessage) -> None:
        mine = said.location["url"].startswith(self.home) or "Content Security" in said.text
        if said.type == "error" and mine and not said.text.startswith(SAYS_NO):
            self.faults.append(f"console: {said.text}")

    def _asked(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _called(self, request: Request) -> None:
        # A page that is left may still be sending; its frame is gone then.
        page = request.headers.get("referer", "")
        elsewhere = urlsplit(request.url).hostname not in {"127.0.0.1", None}
        if page.startswith(self.home) and elsewhere:
            self.faults.append(f"call: {request.url}")
