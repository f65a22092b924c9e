"""The bucket that keeps checkpoints and records, each locked against deletion until a day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sen.errors import MissingPartError
from sen.evidence.signing import Envelope, parsed
from stacks.problem import Problem, ProblemError

TAKEN = frozenset({"PreconditionFailed", "412"})


@dataclass(frozen=True)
class Archive:
    """A bucket with object lock.

    Attributes:
        s3: Client of boto3 or botocore.
        keep: How long nobody may delete what is put, whoever asks. Whoever owns the disks under the
            bucket is outside this promise.
    """

    s3: Any
    bucket: str
    chain: str
    keep: timedelta

    def put_checkpoint(self, sequence: int, envelope: Envelope, now: datetime) -> None:
        """Keep a signed checkpoint.

        Raises:
            ProblemError: There is another one for that record: two writers have parted.
            MissingPartError: The bucket does not answer, or does not lock.
        """
        self._put(self._checkpoint(sequence), json.dumps(envelope).encode(), now)

    def put_segment(self, first: int, last: int, content: bytes, now: datetime) -> None:
        """Keep the lines of records, so that the loss of a disk loses nothing that was sealed."""
        self._put(f"{self.chain}/segments/{first:012}-{last:012}.jsonl", content, now)

    def checkpoints(self) -> Mapping[int, Envelope]:
        """Give every signed checkpoint by the number of its record, unopened.

        Raises:
            ProblemError: One is no envelope.
        """
        keys = self._keys(f"{self.chain}/checkpoints/")
        return {number: self.checkpoint(number) for number in map(_number, keys)}

    def checkpoint(self, sequence: int) -> Envelope:
        """Give one signed checkpoint, unopened."""
        key = self._checkpoint(sequence)
        try:
            return parsed(self._get(key))
        except (ValueError, TypeError) as error:
            raise ProblemError(Problem("evidence-bad-checkpoint", key)) from error

    def lines(self) -> Iterator[bytes]:
        """Give the lines of all records that are kept here, in order and each once.

        A run that was killed leaves a segment that the next one holds too.
        """
        given = 0
        for key in self._keys(f"{self.chain}/segments/"):
            first = int(key.rpartition("/")[2].partition("-")[0])
            lines = self._get(key).splitlines(keepends=True)
            yield from lines[max(0, given + 1 - first) :]
            given = max(given, first + len(lines) - 1)

    def sealed(self) -> int:
        """Give the number of the last record that has a checkpoint; 0 without one."""
        keys = list(self._keys(f"{self.chain}/checkpoints/"))
        return _number(keys[-1]) if keys else 0

    def _checkpoint(self, sequence: int) -> str:
        return f"{self.chain}/checkpoints/{sequence:012}.json"

    def _put(self, key: str, content: bytes, now: datetime) -> None:
        until = now + self.keep
        try:
            # A bucket's default rule is not written onto the object: say it each time.
            self.s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=content,
                IfNoneMatch="*",
                ObjectLockMode="COMPLIANCE",
                ObjectLockRetainUntilDate=until,
            )
            kept = self.s3.get_object_retention(Bucket=self.bucket, Key=key)["Retention"]
        except ClientError as error:
            if error.response["Error"]["Code"] not in TAKEN:
                raise self._refused(error) from error
            self._same(key, content)
            return
        except BotoCoreError as error:
            raise self._refused(error) from error
        if kept["Mode"] != "COMPLIANCE":
            raise self._refused(f"{key}: {kept['Mode']}")

    def _same(self, key: str, content: bytes) -> None:
        """Take an object that is there for ours only if it is the same: a run that was killed."""
        if self._get(key) != content:
            raise ProblemError(Problem("evidence-parted", key))

    def _get(self, key: str) -> bytes:
        try:
            body: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except (BotoCoreError, ClientError) as error:
            raise self._refused(error) from error
        return body

    def _keys(self, prefix: str) -> Iterator[str]:
        try:
            pages = self.s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix
            )
            yield from (each["Key"] for page in pages for each in page.get("Contents", ()))
        except (BotoCoreError, ClientError) as error:
            raise self._refused(error) from error

    def _refused(self, reason: object) -> MissingPartError:
        return MissingPartError(Problem("evidence-bucket", self.bucket, {"reason": reason}))


def _number(key: str) -> int:
    return int(key.rpartition("/")[2].removesuffix(".json"))
