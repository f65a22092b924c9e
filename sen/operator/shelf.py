"""Where the archives of ended tenants are: a folder, a bucket with object lock, or both."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sen.evidence.bucket import LockedBucket
from sen.local.files import write_private
from sen.tenancy.life import deposit

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Shelf:
    """Keeps archives.

    Attributes:
        folder: Where an archive is written.
        bucket: Gives the bucket it is then put into; None: the folder is all there is.
        stays: Whether the folder outlives the operator; if not, the bucket is the only place.
    """

    folder: Path
    bucket: Callable[[], LockedBucket] | None = None
    stays: bool = True

    def draft(self, tenant: Object) -> Path:
        """Give the folder of a tenant's archive."""
        name, ends = str(tenant["metadata"]["name"]), tenant["spec"]["ends"]
        return self.folder / name / f"{name}-{ends}"

    def answers(self) -> None:
        """Return if the bucket is there: before much is read for an archive."""
        if self.bucket is not None:
            self.bucket().answers()

    def keep(self, tenant: Object, digest: str, now: dt.datetime) -> dict[str, object]:
        """Put the archive away; give what the record says of where it is."""
        if self.bucket is None:
            return {}
        bucket, prefix = self.bucket(), deposit.prefix_of(tenant, digest)
        files = deposit.keep(bucket, self.draft(tenant), prefix, now)
        if not self.stays:
            shutil.rmtree(self.draft(tenant), ignore_errors=True)
        return {"bucket": bucket.bucket, "prefix": prefix, "kept_files": files}

    def read(self, tenant: Object, name: str) -> bytes:
        """Give a file of an archive that was put away."""
        if self.bucket is None:
            return (self.draft(tenant) / name).read_bytes()
        digest = str(tenant["status"]["archive"])
        return self.bucket().get(f"{deposit.prefix_of(tenant, digest)}/{name}")

    def report(self, tenant: Object, text: str, now: dt.datetime) -> None:
        """Put what became of a tenant beside its archive; in a bucket the first one stands."""
        if self.stays:
            write_private(self.draft(tenant).parent / "report.json", text)
        if self.bucket is not None:
            prefix = deposit.prefix_of(tenant, str(tenant["status"]["archive"]))
            self.bucket().put_new(f"{prefix}/report.json", text.encode(), now)
