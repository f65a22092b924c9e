"""Keeps a written archive in a bucket with object lock: every file checked, the checksums last.

Keys: `offboarding/<agency>/<tenant>/<last day>/<digest>/<file>`. The digest parts an archive from
one that was begun before it and not recorded.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sen.evidence.bucket import LockedBucket
from sen.tenancy.life.archive import SUMS
from stacks.problem import Problem, ProblemError

ROOT = "offboarding"


def prefix_of(tenant: Mapping[str, Any], digest: str) -> str:
    """Give where the archive of a tenant lies, by the digest of its checksums."""
    name, spec = tenant["metadata"]["name"], tenant["spec"]
    return f"{ROOT}/{spec['agency']}/{name}/{spec['ends']}/{digest[:16]}"


def keep(bucket: LockedBucket, folder: Path, prefix: str, now: dt.datetime) -> int:
    """Put an archive into a bucket and read it back; give how many files; safe to do again.

    Raises:
        ProblemError: What is read back is not what was written.
        MissingPartError: The bucket does not answer, or does not lock.
    """
    bucket.answers()
    sums = (folder / SUMS).read_bytes()
    named = list(_named(sums))
    for _, name in named:
        bucket.put(f"{prefix}/{name}", (folder / name).read_bytes(), now)
    bucket.put(f"{prefix}/{SUMS}", sums, now)
    found = verified(bucket, prefix)
    wrong = sorted(name for name, whole in found.items() if not whole)
    if wrong or len(found) != len(named):
        values = {"files": ", ".join(wrong[:5]) or SUMS}
        raise ProblemError(Problem("ending-archive-differs", f"{bucket.bucket}/{prefix}", values))
    return len(found) + 1


def verified(bucket: LockedBucket, prefix: str) -> Mapping[str, bool]:
    """Say of every file that the kept checksums name whether it is kept unchanged."""
    return {
        name: hashlib.sha256(bucket.get(f"{prefix}/{name}")).hexdigest() == digest
        for digest, name in _named(bucket.get(f"{prefix}/{SUMS}"))
    }


def _named(sums: bytes) -> Iterator[tuple[str, str]]:
    for line in sums.decode().splitlines():
        digest, _, name = line.partition("  ")
        yield digest, name
