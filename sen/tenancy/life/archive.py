"""A folder that is handed over at the end: every file counted in, checksums last."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from sen.local.files import private_folder, write_private

SUMS = "SHA256SUMS"


class Archive:
    """Files under one folder; it is whole when its checksums are there.

    Args:
        folder: What it will be called; an earlier one of that name is replaced when this is whole.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self._draft = folder, folder.with_name(f".{folder.name}.part")
        shutil.rmtree(self._draft, ignore_errors=True)
        private_folder(self._draft)
        self._sums: dict[str, str] = {}

    def put(self, name: str, content: str | bytes) -> None:
        """Add a file by its path inside the folder."""
        data = content.encode() if isinstance(content, str) else content
        write_private(self._draft / name, data)
        self._sums[name] = hashlib.sha256(data).hexdigest()

    def put_json(self, name: str, value: object) -> None:
        self.put(name, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n")

    def close(self) -> str:
        """Write the checksums and put the folder in its place; give their own SHA-256."""
        text = "".join(f"{digest}  {name}\n" for name, digest in sorted(self._sums.items()))
        write_private(self._draft / SUMS, text)
        shutil.rmtree(self.folder, ignore_errors=True)
        self._draft.replace(self.folder)
        return hashlib.sha256(text.encode()).hexdigest()


def verify(folder: Path) -> Mapping[str, bool]:
    """Say of every file that the checksums name whether it is there, unchanged.

    Raises:
        OSError: There are no checksums.
    """
    lines = (folder / SUMS).read_text("utf-8").splitlines()
    named = (line.split("  ", 1) for line in lines)
    return {name: _digest(folder / name) == digest for digest, name in named}


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
