"""Files that only their owner reads, replaced whole or not at all."""

import os
import tempfile
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


def private_folder(path: Path) -> Path:
    """Make a folder, and its parents, that only the owner enters; give it back."""
    if not path.is_dir():
        private_folder(path.parent)
        path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    return path


def write_private(path: Path, content: str | bytes) -> None:
    """Put content in place in one step, mode 0600; a reader sees the old file or the new one."""
    data = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        path.chmod(PRIVATE_FILE)
        return
    descriptor, draft = tempfile.mkstemp(dir=private_folder(path.parent), prefix=f".{path.name}.")
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(path)
