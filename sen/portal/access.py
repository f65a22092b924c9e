"""How the portal itself reaches the API server: an address and an identity of its own."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from sen.local.authority import CLUSTER, Credential, certificate_file, issue
from sen.local.files import write_private
from sen.local.platform import Platform
from sen.operator.pod import ACCOUNT, pod_server

USER = "sen-portal"
IDENTITY = "sen:portal"  # as machines of the platform are called: binding-people-by-group
CERTIFICATE_DAYS = 7


@dataclass(frozen=True)
class Access:
    """Where the API server is and who calls it.

    Attributes:
        transport: Stands in for the network in tests.
    """

    server: str
    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    token: Path | None = None
    transport: httpx.AsyncBaseTransport | None = None

    def context(self) -> ssl.SSLContext:
        """Trust the API server's authority only, and show the portal's certificate."""
        context = ssl.create_default_context(cafile=str(self.authority) if self.authority else None)
        if self.certificate and self.key:
            context.load_cert_chain(self.certificate, self.key)
        return context


def of_platform(platform: Platform, now: datetime | None = None) -> Access:
    """Give the portal a certificate of the local platform, for a week."""
    folder = platform.state / "portal"
    folder.mkdir(mode=0o700, exist_ok=True)
    lifetime = timedelta(days=CERTIFICATE_DAYS)
    pair = issue(platform.pki, Credential(USER, IDENTITY), now or datetime.now(UTC), lifetime)
    certificate, key = folder / "portal.crt", folder / "portal.key"
    write_private(certificate, pair.certificate)
    write_private(key, pair.key)
    return Access(platform.server, certificate_file(platform.pki, CLUSTER), certificate, key)


def in_cluster(account: Path = ACCOUNT, variables: Mapping[str, str] = os.environ) -> Access:
    """Give the identity that Kubernetes mounts into a pod.

    Raises:
        MissingPartError: This is no pod, or it has no account.
    """
    server = pod_server(variables, account)
    return Access(server, account / "ca.crt", token=account / "token")
