"""The bucket that keeps checkpoints and records, each locked against deletion until a day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sen.evidence.bucket import LockedBucket
from sen.evidence.signing import Envelope, parsed
from stacks.problem import Problem, ProblemError


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
        self._locked.put(self._checkpoint(sequence), json.dumps(envelope).encode(), now)

    def put_segment(self, first: int, last: int, content: bytes, now: datetime) -> None:
        """Keep the lines of records, so that the loss of a disk loses nothing that was sealed."""
        self._locked.put(f"{self.chain}/segments/{first:012}-{last:012}.jsonl", content, now)

    def checkpoints(self) -> Mapping[int, Envelope]:
        """Give every signed checkpoint by the number of its record, unopened.

        Raises:
            ProblemError: One is no envelope.
        """
        keys = self._locked.keys(f"{self.chain}/checkpoints/")
        return {number: self.checkpoint(number) for number in map(_number, keys)}

    def checkpoint(self, sequence: int) -> Envelope:
        """Give one signed checkpoint, unopened."""
        key = self._checkpoint(sequence)
        try:
            return parsed(self._locked.get(key))
        except (ValueError, TypeError) as error:
            raise ProblemError(Problem("evidence-bad-checkpoint", key)) from error

    def lines(self) -> Iterator[bytes]:
        """Give the lines of all records that are kept here, in order and each once.

        A run that was killed leaves a segment that the next one holds too.
        """
        given = 0
        for key in self._locked.keys(f"{self.chain}/segments/"):
            first = int(key.rpartition("/")[2].partition("-")[0])
            lines = self._locked.get(key).splitlines(keepends=True)
            yield from lines[max(0, given + 1 - first) :]
            given = max(given, first + len(lines) - 1)

    def sealed(self) -> int:
        """Give the number of the last record that has a checkpoint; 0 without one."""
        keys = list(self._locked.keys(f"{self.chain}/checkpoints/"))
        return _number(keys[-1]) if keys else 0

    def _checkpoint(self, sequence: int) -> str:
        return f"{self.chain}/checkpoints/{sequence:012}.json"

    @property
    def _locked(self) -> LockedBucket:
        return LockedBucket(self.s3, self.bucket, self.keep)


def _number(key: str) -> int:
    return int(key.rpartition("/")[2].removesuffix(".json"))
