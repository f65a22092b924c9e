"""Seals what a browser keeps for us: it can neither read nor change it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

MOST_BYTES = 256 * 1024


class Seal:
    """Fernet (AES-128-CBC, HMAC-SHA256) over compressed JSON, one purpose a word."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    def close(self, purpose: str, content: Mapping[str, Any]) -> str:
        """Give text for a cookie or a hidden field."""
        text = json.dumps({"for": purpose, "is": content}, ensure_ascii=False)
        return self._fernet.encrypt(zlib.compress(text.encode(), 9)).decode()

    def open(self, purpose: str, sealed: str | None) -> dict[str, Any] | None:
        """Give what was sealed for this purpose; None for anything else."""
        if not sealed:
            return None
        try:
            plain = zlib.decompressobj().decompress(
                self._fernet.decrypt(sealed.encode()), MOST_BYTES
            )
            found = json.loads(plain)
        except (InvalidToken, zlib.error, ValueError):
            return None
        content: dict[str, Any] | None = found["is"] if found["for"] == purpose else None
        return content
