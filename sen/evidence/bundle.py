"""A folder that an inspector takes away: records, checkpoints, the key, and how to check them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sen.evidence.signing import Envelope, written
from sen.local.files import private_folder, write_private
from stacks.problem import Problem, ProblemError

RECORDS, CHECKPOINTS, KEY = "chain.jsonl", "checkpoints.json", "key.pub"
SUMS = "SHA256SUMS"


def export(
    folder: Path,
    lines: list[bytes],
    checkpoints: Mapping[int, Envelope],
    key: Ed25519PublicKey,
) -> tuple[Path, ...]:
    """Write the bundle into a folder that is not there yet; give its files.

    Raises:
        ProblemError: The folder is there.
    """
    if folder.exists():
        raise ProblemError(Problem("evidence-folder-there", str(folder)))
    private_folder(folder)
    envelopes = {str(number): dict(each) for number, each in sorted(checkpoints.items())}
    guide = resources.files("sen.evidence").joinpath("bundle.md").read_text("utf-8")
    contents = {
        RECORDS: b"".join(lines),
        CHECKPOINTS: json.dumps(envelopes, indent=1).encode() + b"\n",
        KEY: written(key),
        "README.md": guide.encode(),
    }
    sums = "".join(f"{hashlib.sha256(each).hexdigest()}  {n}\n" for n, each in contents.items())
    for name, content in {**contents, SUMS: sums.encode()}.items():
        write_private(folder / name, content)
    return tuple(folder / name for name in (*contents, SUMS))


def read(folder: Path) -> tuple[list[bytes], Mapping[int, Envelope]]:
    """Read the records and the checkpoints of a bundle.

    Raises:
        ProblemError: It is no bundle.
    """
    try:
        lines = (folder / RECORDS).read_bytes().splitlines(keepends=True)
        given = json.loads((folder / CHECKPOINTS).read_bytes())
        return lines, {int(number): each for number, each in given.items()}
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise ProblemError(Problem("evidence-no-bundle", str(folder))) from error
