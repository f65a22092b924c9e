"""What was built: size and SHA-256 of each file, written beside the files at the end."""

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

STAMP = "stamp.json"


class Seen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int
    sha256: str


class Stamp(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    family: str
    version: str
    go: str
    files: dict[str, Seen]

    @property
    def size(self) -> int:
        return sum(seen.size for seen in self.files.values())


def stamp(folder: Path, *, family: str, version: str, go: str) -> Stamp:
    """Look at all files of a folder and write down what they are."""
    files = {file.name: look(file) for file in sorted(folder.iterdir()) if file.is_file()}
    made = Stamp(family=family, version=version, go=go, files=files)
    (folder / STAMP).write_text(made.model_dump_json(indent=2) + "\n", "utf-8")
    return made


def look(file: Path) -> Seen:
    with file.open("rb") as stream:
        return Seen(
            size=file.stat().st_size, sha256=hashlib.file_digest(stream, "sha256").hexdigest()
        )


def complete(folder: Path) -> Stamp | None:
    """Give the stamp if every file it names is there in its size; cheap, for every call."""
    try:
        read = Stamp.model_validate_json((folder / STAMP).read_bytes())
        sizes = {name: (folder / name).stat().st_size for name in read.files}
    except (OSError, ValidationError):
        return None
    return read if all(sizes[name] == seen.size for name, seen in read.files.items()) else None


def damaged(folder: Path) -> list[str]:
    """Name the files that are no longer what was stamped; reads all of them."""
    read = complete(folder)
    if read is None:
        return [STAMP]
    return [name for name, seen in read.files.items() if look(folder / name) != seen]
