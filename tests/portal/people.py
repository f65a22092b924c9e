"""Made-up people, the groups the provider says they are in, and the provider itself."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from sen.local.ports import LOOPBACK
from tests.portal.service import Service
from tests.ports import free_port


@dataclass(frozen=True)
class Person:
    """Somebody whom the provider knows.

    Attributes:
        sub: The name the provider gives them; the API server is told their mail.
    """

    sub: str
    name: str
    groups: tuple[str, ...]

    @property
    def mail(self) -> str:
        return f"{self.sub}@example.gov.vn"

    @property
    def claims(self) -> str:
        """Give what the provider says of the person, as JSON."""
        said = {
            "sub": self.sub,
            "name": self.name,
            "preferred_username": self.sub,
            "email": self.mail,
            "email_verified": True,
            "groups": self.groups,
        }
        return json.dumps(said)


OFFICIAL = Person("an", "Nguyễn Thị An", ("h26-requesters",))
HEAD = Person("binh", "Trần Văn Bình", ("h26-requesters", "h26-heads"))
SECURITY = Person("chi", "Lê Thị Chi", ("h26-security-officers",))
STRANGER = Person("dung", "Phạm Văn Dũng", ("h29-requesters", "h29-heads"))
THEIR_SECURITY = Person("giang", "Võ Thị Giang", ("h29-security-officers",))
PEOPLE = (OFFICIAL, HEAD, SECURITY, STRANGER, THEIR_SECURITY)


class Provider:
    """An OpenID Connect server on loopback; it lets in whoever is chosen on its page."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        said = [word for each in PEOPLE for word in ("--user-claims", each.claims)]
        words = (sys.executable, "-m", "oidc_provider_mock", "-p", self.port, "-H", LOOPBACK, *said)
        self.service = Service(words, folder / "provider.log")

    @property
    def issuer(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"
