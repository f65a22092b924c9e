"""What `kubectl` calls for a token, and the kubeconfig that makes it call; it holds none itself."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import yaml

from sen.access.login import Client, Token
from sen.local.files import write_private
from stacks.components.access import OIDC_PREFIX

API = "client.authentication.k8s.io/v1"
# A token that ends while a call is on its way is no use.
MARGIN = dt.timedelta(seconds=60)


def token(
    client: Client, folder: Path, log_in: Callable[[Client], Token], now: dt.datetime
) -> Token:
    """Give the token of the last login while it lasts; log in when it does not."""
    file = folder / f"{_key(client)}.json"
    known = _read(file)
    if known is not None and known.expires - MARGIN > now:
        return known
    made = log_in(client)
    kept = {"token": made.text, "expires": made.expires.isoformat()}
    write_private(file, json.dumps(kept))
    return made


def credential(made: Token) -> str:
    """Give a token as client-go takes it from a program that it calls."""
    status = {"token": made.text, "expirationTimestamp": f"{made.expires:%Y-%m-%dT%H:%M:%SZ}"}
    return json.dumps({"apiVersion": API, "kind": "ExecCredential", "status": status})


def kubeconfig(server: str, trusted: bytes, context: str, client: Client) -> str:
    """Give a kubeconfig that logs in when it is used."""
    words = ["access", "token", "--oidc-issuer", client.issuer, "--client-id", client.client_id]
    if client.authority is not None:
        words += ["--oidc-authority", str(client.authority.resolve())]
    call = {
        "apiVersion": API,
        "command": "sen",
        "args": words,
        "interactiveMode": "IfAvailable",
        "provideClusterInfo": False,
        "installHint": "uv sync: sen logs in for kubectl",
    }
    authority = base64.b64encode(trusted).decode("ascii")
    cluster = {"server": server, "certificate-authority-data": authority}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": context, "cluster": cluster}],
        "users": [{"name": context, "user": {"exec": call}}],
        "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
        "current-context": context,
    }
    return yaml.safe_dump(content, sort_keys=False)


def authentication(shipped: str, client: Client) -> str:
    """Give the API server's settings with the directory trusted too, names kept apart by prefix."""
    settings = yaml.safe_load(shipped)
    issuer: dict[str, object] = {"url": client.issuer, "audiences": [client.client_id]}
    if client.authority is not None:
        issuer["certificateAuthority"] = client.authority.read_text("ascii")
    claims = {
        "username": {"claim": "email", "prefix": OIDC_PREFIX},
        "groups": {"claim": "groups", "prefix": OIDC_PREFIX},
    }
    trusted = {"issuer": issuer, "claimMappings": claims}
    return yaml.safe_dump({**settings, "jwt": [trusted]}, sort_keys=False)


def _read(file: Path) -> Token | None:
    try:
        found = json.loads(file.read_bytes())
        expires = dt.datetime.fromisoformat(found["expires"])
        return Token(str(found["token"]), expires) if expires.tzinfo else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _key(client: Client) -> str:
    words = json.dumps([client.issuer, client.client_id, client.scope])
    return hashlib.sha256(words.encode()).hexdigest()[:24]
