"""Who is signed in, kept in a sealed cookie: eight hours at most, thirty minutes when idle."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, replace
from http.cookies import Morsel, SimpleCookie
from typing import Any

from sen.portal.person import Person
from sen.portal.seal import Seal
from sen.portal.settings import Settings

LIFETIME_SECONDS = 8 * 3600
IDLE_SECONDS = 30 * 60
RENEW_SECONDS = 60
MOST_COOKIE = 3800


@dataclass(frozen=True)
class Session:
    """One sign-in; moments are seconds since 1970."""

    person: Person
    csrf: str
    began: int
    seen: int

    def ended(self, now: float) -> bool:
        return now - self.began >= LIFETIME_SECONDS or now - self.seen >= IDLE_SECONDS

    def seen_at(self, now: float) -> Session:
        return replace(self, seen=int(now))


def begin(person: Person, now: float) -> Session:
    """Open a session with a secret of its own against forged forms."""
    return Session(person, secrets.token_urlsafe(24), int(now), int(now))


class Jar:
    """Cookies as this portal sets them: sealed, HttpOnly, SameSite=Lax, `__Host-` over https."""

    def __init__(self, settings: Settings) -> None:
        self._seal = Seal(settings.key)
        self._secure = settings.is_secure

    def name(self, purpose: str) -> str:
        return f"__Host-sen-{purpose}" if self._secure else f"sen-{purpose}"

    def session(self, cookies: dict[str, str]) -> Session | None:
        """Give the session that a browser shows, ended or not."""
        found = self.read("session", cookies)
        if found is None:
            return None
        given = found.pop("person")
        return Session(Person(given["user"], tuple(given["groups"]), given["name"]), **found)

    def keep(self, session: Session) -> str:
        return self.write("session", asdict(session), LIFETIME_SECONDS)

    def read(self, purpose: str, cookies: dict[str, str]) -> dict[str, Any] | None:
        return self._seal.open(purpose, cookies.get(self.name(purpose)))

    def write(self, purpose: str, content: dict[str, Any], seconds: int) -> str:
        """Give a Set-Cookie header."""
        return self._header(purpose, self._seal.close(purpose, content), seconds)

    def write_long(
        self, purpose: str, content: dict[str, Any], seconds: int, parts: int
    ) -> list[str]:
        """Give Set-Cookie headers of what may need several; none when it is too much for them."""
        sealed = self._seal.close(purpose, content)
        pieces = [sealed[at : at + MOST_COOKIE] for at in range(0, len(sealed), MOST_COOKIE)]
        if len(pieces) > parts:
            return []
        pieces += [""] * (parts - len(pieces))
        return [
            self._header(f"{purpose}-{index}", piece, seconds if piece else 0)
            for index, piece in enumerate(pieces)
        ]

    def read_long(self, purpose: str, cookies: dict[str, str], parts: int) -> dict[str, Any] | None:
        names = (self.name(f"{purpose}-{index}") for index in range(parts))
        return self._seal.open(purpose, "".join(cookies.get(name, "") for name in names))

    def drop_long(self, purpose: str, cookies: dict[str, str], parts: int) -> list[str]:
        names = (f"{purpose}-{index}" for index in range(parts))
        return [self._header(name, "", 0) for name in names if self.name(name) in cookies]

    def fits(self, purpose: str, content: dict[str, Any]) -> bool:
        return len(self._seal.close(purpose, content)) <= MOST_COOKIE

    def drop(self, purpose: str) -> str:
        return self._header(purpose, "", 0)

    def plain(self, name: str, value: str, seconds: int) -> str:
        """Give a Set-Cookie header of a choice that is no secret, such as the language."""
        return self._header(name, value, seconds)

    def _header(self, purpose: str, value: str, seconds: int) -> str:
        cookie: SimpleCookie = SimpleCookie()
        cookie[self.name(purpose)] = value
        morsel: Morsel[str] = cookie[self.name(purpose)]
        morsel["path"], morsel["samesite"], morsel["httponly"] = "/", "Lax", True
        morsel["max-age"] = seconds
        if self._secure:
            morsel["secure"] = True
        return morsel.OutputString()
