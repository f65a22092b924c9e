"""A bucket with object lock: what is put is checked, locked, and never replaced."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sen.errors import MissingPartError
from stacks.problem import Problem, ProblemError

_TAKEN = frozenset({"PreconditionFailed", "412"})
_MODE = "COMPLIANCE"


@dataclass(frozen=True)
class LockedBucket:
    """A bucket with object lock.

    Attributes:
        s3: Client of boto3 or botocore.
        keep: How long nobody may delete what is put, whoever asks. Whoever owns the disks under the
            bucket is outside this promise.

    Raises, with every call:
        MissingPartError: The bucket does not answer, or does not lock.
    """

    s3: Any
    bucket: str
    keep: timedelta

    def put(self, key: str, content: bytes, now: datetime) -> None:
        """Keep an object; the same content may be put again.

        Raises:
            ProblemError: Another object is there under this key.
        """
        if not self.put_new(key, content, now) and self.get(key) != content:
            raise ProblemError(Problem("evidence-parted", key))

    def put_new(self, key: str, content: bytes, now: datetime) -> bool:
        """Keep an object unless one is there under this key; say whether it was put."""
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        try:
            # A bucket's default rule is not written onto the object: say it each time.
            self.s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=content,
                IfNoneMatch="*",
                ChecksumSHA256=digest,
                ObjectLockMode=_MODE,
                ObjectLockRetainUntilDate=now + self.keep,
            )
            kept = self.s3.get_object_retention(Bucket=self.bucket, Key=key)["Retention"]
        except ClientError as error:
            if error.response["Error"]["Code"] not in _TAKEN:
                raise self._refused(error) from error
            return False
        except BotoCoreError as error:
            raise self._refused(error) from error
        if kept["Mode"] != _MODE:
            raise self._refused(f"{key}: {kept['Mode']}")
        return True

    def get(self, key: str) -> bytes:
        try:
            body: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except (BotoCoreError, ClientError) as error:
            raise self._refused(error) from error
        return body

    def keys(self, prefix: str) -> Iterator[str]:
        """Give the keys that begin so, in order."""
        try:
            pages = self.s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix
            )
            yield from (each["Key"] for page in pages for each in page.get("Contents", ()))
        except (BotoCoreError, ClientError) as error:
            raise self._refused(error) from error

    def answers(self) -> None:
        """Return if the bucket is there."""
        try:
            self.s3.head_bucket(Bucket=self.bucket)
        except (BotoCoreError, ClientError) as error:
            raise self._refused(error) from error

    def _refused(self, reason: object) -> MissingPartError:
        return MissingPartError(Problem("evidence-bucket", self.bucket, {"reason": reason}))
