"""Asks a system from outside whether it works, as its owner wrote down."""

from __future__ import annotations

import httpx
from pydantic import Field

from playbooks.migration.verify import Check, Difference
from stacks.models.base import Model

SECONDS = 10.0


class SmokeTest(Model):
    """One question to the system over HTTP.

    `host` is the name that the request bears, where the address is not yet that of the name.
    """

    url: str = Field(pattern=r"^https?://")
    host: str | None = None
    status: int = Field(default=200, ge=100, le=599)
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    def ask(self, client: httpx.Client) -> str | None:
        """Give what is wrong with the answer; None when it is as it should be."""
        try:
            answer = client.get(self.url, headers={"Host": self.host} if self.host else None)
        except httpx.HTTPError as error:
            return f"{type(error).__name__}: {error}"
        if answer.status_code != self.status:
            return f"status {answer.status_code}, not {self.status}"
        missing = [text for text in self.contains if text not in answer.text]
        unwanted = [text for text in self.lacks if text in answer.text]
        if missing or unwanted:
            return "; ".join(
                [*(f"lacks {t!r}" for t in missing), *(f"has {t!r}" for t in unwanted)]
            )
        return None


def smoke(tests: tuple[SmokeTest, ...]) -> Check:
    """Ask all questions and give what was wrong."""
    with httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
        said = [(each.url, each.ask(client)) for each in tests]
    wrong = [Difference(f"{url}: {words}", "changed") for url, words in said if words]
    return Check.of("smoke tests", len(tests), wrong)
