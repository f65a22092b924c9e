"""Runs the portal; a proxy with TLS stands before it where others than this machine reach it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

import uvicorn
from cryptography.fernet import Fernet

from sen.errors import MissingPartError
from sen.local.files import write_private
from sen.local.platform import Platform
from sen.local.ports import LOOPBACK
from sen.portal.access import in_cluster, of_platform
from sen.portal.app import create
from sen.portal.observing import LOG
from sen.portal.settings import Directory, Settings
from stacks.problem import Problem, ProblemError

IDLE_SECONDS = 10
MOST_AT_ONCE = 1000
# Shortest prefix of a block of proxies, as in the chart's values: by version of IP.
WIDEST = {4: 16, 6: 32}


@dataclass(frozen=True)
class Given:
    """What was said on the command line."""

    url: str
    dev_login: bool
    directory: Directory | None
    key_file: Path | None = None


def directory(issuer: str | None, client: str, secret: Path | None) -> Directory | None:
    """Give the OIDC provider; None where none is named.

    Raises:
        MissingPartError: The file with the secret cannot be read.
    """
    if issuer is None:
        return None
    try:
        text = secret.read_text("utf-8").strip() if secret else ""
    except OSError as error:
        raise MissingPartError(Problem("portal-secret-file", str(secret))) from error
    return Directory(issuer, client, text)


def settings(platform: Platform | None, given: Given) -> Settings:
    """Give the settings of a portal of the local platform; without one this is a pod.

    Raises:
        MissingPartError: This is no pod, or the file with the key is not there.
    """
    key = _read_key(given.key_file) if given.key_file else platform and _key(platform)
    if not key:  # each copy would have one of its own, and no session would outlive a request
        raise MissingPartError(Problem("portal-no-key", "sen portal run --in-cluster"))
    return Settings(
        access=of_platform(platform) if platform else in_cluster(),
        url=given.url.rstrip("/"),
        directory=given.directory,
        dev_login=given.dev_login,
        key=key,
    )


def proxies(blocks: Sequence[str]) -> list[str]:
    """Give the blocks from which `X-Forwarded-For` is believed.

    Raises:
        ProblemError: One is no block of addresses, or so wide that visitors stand in it too.
    """
    for each in blocks:
        try:
            block = ip_network(each)
        except ValueError as error:
            raise ProblemError(Problem("portal-proxy", each)) from error
        if block.prefixlen < WIDEST[block.version]:
            raise ProblemError(Problem("portal-proxy", each))
    return [str(ip_network(each)) for each in blocks]


def run(
    given: Settings, port: int, host: str = LOOPBACK, trusted: Sequence[str] | None = None
) -> None:
    """Serve until the process is told to end; `trusted` are blocks of proxies, as `proxies` gives.

    Raises:
        ProblemError: Demo people would be offered to whoever reaches this machine.
    """
    if given.dev_login and host != LOOPBACK:
        raise ProblemError(Problem("portal-dev-login-open", host))
    _log_to_stdout()
    uvicorn.run(
        create(given),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted),
        forwarded_allow_ips=list(trusted or ()),
        timeout_keep_alive=IDLE_SECONDS,
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=IDLE_SECONDS,
    )


def _read_key(file: Path) -> bytes:
    """Read the key that all copies of a portal share.

    Raises:
        MissingPartError: The file cannot be read, or holds no Fernet key.
    """
    try:
        key = file.read_bytes().strip()
        Fernet(key)
    except (OSError, ValueError) as error:
        raise MissingPartError(Problem("portal-no-key", str(file))) from error
    return key


def _key(platform: Platform) -> bytes:
    """Keep the key of cookies with the platform, so that a restart signs nobody out."""
    file = platform.state / "portal" / "session.key"
    if not file.is_file():
        write_private(file, Fernet.generate_key())
    return file.read_bytes()


def _log_to_stdout() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
