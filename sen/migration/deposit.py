"""Puts the archive of a wave into a bucket with object lock, where nobody takes it back.

Keys: `migration/<wave>/<digest>/<file>`; the digest parts an archive from an earlier one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

from sen.evidence.bucket import LockedBucket
from sen.migration.signing import signature_of

ROOT = "migration"


def deposit(bucket: LockedBucket, wave: str, file: Path, now: dt.datetime) -> str:
    """Put an archive and its signature into a bucket; give its address; safe to do again.

    Raises:
        MissingPartError: The bucket does not answer, or does not lock.
        ProblemError: Something else lies under its key.
    """
    bucket.answers()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    prefix = f"{ROOT}/{wave}/{digest[:16]}"
    for each in (file, signature_of(file)):
        bucket.put(f"{prefix}/{each.name}", each.read_bytes(), now)
    return f"s3://{bucket.bucket}/{prefix}/{file.name}"
