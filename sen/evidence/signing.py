"""Ed25519 signatures in DSSE envelopes (https://github.com/secure-systems-lab/dsse, version 1)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sen.local.files import write_private
from stacks.problem import Problem, ProblemError

Envelope = Mapping[str, Any]


@dataclass(frozen=True)
class Signer:
    """A private key that signs; it never leaves its file."""

    key: Ed25519PrivateKey

    @classmethod
    def at(cls, path: Path) -> Signer:
        """Read the key of a file that only its owner reads; make one where there is none."""
        if not path.exists():
            made = Ed25519PrivateKey.generate()
            write_private(path, made.private_bytes(*_PRIVATE, serialization.NoEncryption()))
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except ValueError as error:
            raise ProblemError(Problem("evidence-bad-key", path.name)) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise ProblemError(Problem("evidence-bad-key", path.name))
        return cls(key)

    @property
    def public(self) -> Ed25519PublicKey:
        return self.key.public_key()

    def sign(self, kind: str, payload: bytes) -> dict[str, Any]:
        """Put a payload into a signed envelope; `kind` is its media type."""
        signature = self.key.sign(_encoded(kind, payload))
        return {
            "payloadType": kind,
            "payload": base64.b64encode(payload).decode(),
            "signatures": [
                {"keyid": key_id(self.public), "sig": base64.b64encode(signature).decode()}
            ],
        }


_PRIVATE = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)


def opened(envelope: Envelope, kind: str, keys: Mapping[str, Ed25519PublicKey]) -> bytes:
    """Give the payload that a known key has signed.

    Raises:
        ValueError: The envelope is malformed, of another kind, or no known key signed it.
    """
    try:
        payload = base64.b64decode(envelope["payload"], validate=True)
        signed = [
            (str(each["keyid"]), base64.b64decode(each["sig"])) for each in envelope["signatures"]
        ]
        named = envelope["payloadType"]
    except (KeyError, TypeError) as error:
        raise ValueError("not an envelope") from error
    if named != kind:
        raise ValueError(f"payload is {named}, not {kind}")
    for name, signature in signed:
        if name in keys and _valid(keys[name], signature, _encoded(kind, payload)):
            return payload
    raise ValueError("no known key has signed it")


def key_id(key: Ed25519PublicKey) -> str:
    """Give SHA-256 of the key's DER form."""
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(der).hexdigest()


def written(key: Ed25519PublicKey) -> bytes:
    """Give a public key as PEM."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def read(path: Path) -> Ed25519PublicKey:
    """Read a public key.

    Raises:
        ProblemError: The file holds none.
    """
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (ValueError, OSError) as error:
        raise ProblemError(Problem("evidence-bad-key", path.name)) from error
    if not isinstance(key, Ed25519PublicKey):
        raise ProblemError(Problem("evidence-bad-key", path.name))
    return key


def parsed(data: bytes) -> Envelope:
    """Read an envelope's JSON.

    Raises:
        ValueError: It is none.
    """
    try:
        found = json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(found, dict):
        raise ValueError("not an envelope")  # noqa: TRY004 - of what was read, not of the call
    return found


def _encoded(kind: str, payload: bytes) -> bytes:
    """Give DSSE's pre-authentication encoding."""
    parts = (b"DSSEv1", str(len(kind.encode())).encode(), kind.encode())
    return b" ".join((*parts, str(len(payload)).encode(), payload))


def _valid(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True
