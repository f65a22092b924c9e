"""What is known of one request before its page is asked: language, session, settings."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from sen.portal.cluster import Cluster
from sen.portal.session import Jar, Session
from sen.portal.settings import Settings
from stacks.problem import Language

KEY = "sen"


@dataclass
class State:
    """One request's own state; `cookies` are set when it is answered.

    Attributes:
        session: The one that the browser showed; ended ones are here too.
        signed_in: Whether that session still holds.
    """

    settings: Settings
    jar: Jar
    cluster: Cluster
    request_id: str
    lang: Language = Language.VI
    session: Session | None = None
    signed_in: bool = False
    cookies: list[str] = field(default_factory=list)

    @staticmethod
    def of(request: HTTPConnection) -> State:
        found: State = request.scope["state"][KEY]
        return found

    @property
    def now(self) -> float:
        return self.settings.clock().timestamp()
