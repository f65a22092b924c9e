"""What an inventory declares about a host: its level and system, and what is meant to be there."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from policies.text import Closed


def _listed(given: object) -> object:
    """Read `22/tcp, 443/tcp`, `22` and lists alike: INI knows only words."""
    if isinstance(given, str):
        return [each for each in given.replace(",", " ").split() if each]
    return [given] if isinstance(given, int) else given


Words = Annotated[
    tuple[Annotated[str, Field(coerce_numbers_to_str=True)], ...], BeforeValidator(_listed)
]


class Declared(Closed):
    """The variables `sen_*` of a host, without their prefix.

    Attributes:
        level: Security level of the system that the host belongs to.
        open_ports: What may listen for other machines: `22/tcp`, `161/udp`; None: not said.
        services: Services that are wanted though rules call them unneeded.
        setuid: Files that are meant to be setuid or setgid.
        sudo_without_password: Users and %groups that need no password for sudo.
        forwards: The host is a router or runs containers.
        jump_host: The host forwards SSH connections of administrators.
        mfa: Log-ins with a password need a second factor.
        time_servers: The agency's own time servers.
        dns_servers: The resolvers that the agency trusts.
        log_servers: Where logs are sent.
    """

    level: int | None = Field(default=None, ge=1, le=5)
    system: str = ""
    agency: str = ""
    open_ports: Words | None = None
    services: Words = ()
    setuid: Words = ()
    sudo_without_password: Words = ()
    forwards: bool = False
    jump_host: bool = False
    mfa: bool = False
    time_servers: Words = ()
    dns_servers: Words = ()
    log_servers: Words = ()
