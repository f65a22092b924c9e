"""An archive of a wave in a bucket with object lock, with its signature."""

from __future__ import annotations

import datetime as dt
import os

import pytest
from botocore.exceptions import ClientError

from sen.errors import MissingPartError
from sen.evidence.bucket import LockedBucket
from sen.local.buckets import client
from sen.migration.deposit import deposit
from sen.migration.signing import signature_of

pytestmark = pytest.mark.platform
NOW = dt.datetime.now(dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def s3(platform):
    found = client(platform)
    yield found
    found.close()


@pytest.fixture
def file(tmp_path):
    found = tmp_path / "w1-archive.tar.gz"
    found.write_bytes(b"tar")
    signature_of(found).write_bytes(b"{}")
    return found


def test_an_archive_is_kept_with_its_signature_and_nobody_deletes_it(platform, s3, file):
    bucket, wave = LockedBucket(s3, platform.evidence_bucket, HOUR), f"w-{os.urandom(4).hex()}"

    address, again = (deposit(bucket, wave, file, NOW) for _ in range(2))

    key = address.removeprefix(f"s3://{platform.evidence_bucket}/")
    assert address == again
    assert bucket.get(key) == b"tar"
    assert bucket.get(f"{key}.dsse.json") == b"{}"
    version = s3.head_object(Bucket=bucket.bucket, Key=key)["VersionId"]
    with pytest.raises(ClientError):
        s3.delete_object(Bucket=bucket.bucket, Key=key, VersionId=version)


def test_a_bucket_that_is_not_there_is_told(s3, file):
    with pytest.raises(MissingPartError):
        deposit(LockedBucket(s3, "khong-co", HOUR), "w1", file, NOW)
