"""What the portal is told at its start; nothing is read from the environment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from sen.local.ports import LOOPBACK
from sen.portal.access import Access
from stacks.problem import Problem, ProblemError

LOCAL_NAMES = frozenset({LOOPBACK, "localhost", "::1"})


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Directory:
    """The OIDC provider whose people sign in.

    Attributes:
        user_claim: Claim that becomes the user's name; `sub` where it is missing.
    """

    issuer: str
    client: str
    secret: str
    user_claim: str = "email"
    groups_claim: str = "groups"


@dataclass(frozen=True)
class Settings:
    """One portal.

    Attributes:
        url: Where people reach it; https sets `Secure` and the `__Host-` prefix.
        key: Fernet key that seals cookies; replicas share it.
        per_person: Requests a minute of one person; `per_address` of one address.
        clock: Says what time it is; tests turn it.
    """

    access: Access
    url: str = f"http://{LOOPBACK}:8380"
    directory: Directory | None = None
    dev_login: bool = False
    key: bytes = field(default_factory=Fernet.generate_key, repr=False)
    per_person: int = 600
    per_address: int = 1200
    body_bytes: int = 64 * 1024
    body_seconds: float = 10.0
    clock: Callable[[], dt.datetime] = now

    def __post_init__(self) -> None:
        if self.dev_login and not self.is_local:
            raise ProblemError(Problem("portal-dev-login-open", self.url))
        if not self.is_local and not self.is_secure:
            raise ProblemError(Problem("portal-needs-https", self.url))
        if self.directory is None and not self.dev_login:
            raise ProblemError(Problem("portal-no-login", self.url))

    @property
    def is_secure(self) -> bool:
        return urlsplit(self.url).scheme == "https"

    @property
    def is_local(self) -> bool:
        return urlsplit(self.url).hostname in LOCAL_NAMES

    @property
    def hosts(self) -> frozenset[str]:
        """Give the values of `Host` that are answered."""
        parts = urlsplit(self.url)
        if not self.is_local:
            return frozenset({parts.netloc})
        port = f":{parts.port}" if parts.port else ""
        return frozenset({parts.netloc, f"{LOOPBACK}{port}", f"localhost{port}"})

    @property
    def origins(self) -> frozenset[str]:
        scheme = urlsplit(self.url).scheme
        return frozenset(f"{scheme}://{host}" for host in self.hosts)
