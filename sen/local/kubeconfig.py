"""Kubeconfigs that carry their own certificates: one file is all that a client needs."""

import base64

import yaml

from sen.local.authority import KeyPair


def kubeconfig(server: str, authority: bytes, pair: KeyPair, context: str) -> str:
    """Give a kubeconfig with one cluster, one user and one context, all of the same name."""
    cluster = {"server": server, "certificate-authority-data": _text(authority)}
    user = {
        "client-certificate-data": _text(pair.certificate),
        "client-key-data": _text(pair.key),
    }
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": context, "cluster": cluster}],
        "users": [{"name": context, "user": user}],
        "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
        "current-context": context,
    }
    return yaml.safe_dump(content, sort_keys=False)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
