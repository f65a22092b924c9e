"""An archive in a bucket with object lock: complete, checked, and nobody takes it back."""

import datetime as dt
import hashlib
import os

import pytest
from botocore.exceptions import ClientError

from sen.errors import MissingPartError
from sen.evidence.bucket import LockedBucket
from sen.evidence.vault import found_bucket
from sen.local.buckets import client
from sen.tenancy.life import deposit
from sen.tenancy.life.archive import SUMS, Archive
from stacks.problem import ProblemError

pytestmark = pytest.mark.platform
NOW = dt.datetime.now(dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def folder(tmp_path):
    archive = Archive(tmp_path / "archive")
    archive.put("manifests/v1_ConfigMap/settings.yaml", "colour: đỏ\n")
    archive.put_json("counts.json", {"ConfigMap": 1})
    archive.close()
    return tmp_path / "archive"


@pytest.fixture
def bucket(platform):
    s3 = client(platform)
    yield LockedBucket(s3, platform.evidence_bucket, HOUR)
    s3.close()


def tenant(name):
    spec = {"agency": "H26", "ends": "2027-06-30"}
    return {"metadata": {"name": name}, "spec": spec}


def prefix_of(folder, name):
    digest = hashlib.sha256((folder / SUMS).read_bytes()).hexdigest()
    return deposit.prefix_of(tenant(name), digest)


@pytest.fixture
def prefix(folder):
    return prefix_of(folder, f"h26-{os.urandom(4).hex()}")


def test_every_file_is_kept_locked_and_can_be_put_again(folder, bucket, prefix):
    first, again = (deposit.keep(bucket, folder, prefix, NOW) for _ in range(2))

    keys = list(bucket.keys(prefix))
    assert first == again == len(keys) == 3
    assert keys[0].startswith("offboarding/H26/h26-")
    assert all(deposit.verified(bucket, prefix).values())
    for key in keys:
        head = bucket.s3.head_object(Bucket=bucket.bucket, Key=key, ChecksumMode="ENABLED")
        assert head["ObjectLockMode"] == "COMPLIANCE"
        assert head["ObjectLockRetainUntilDate"] >= NOW + HOUR - dt.timedelta(minutes=1)
        assert head["ChecksumSHA256"]
        version = head["VersionId"]
        with pytest.raises(ClientError):
            bucket.s3.delete_object(Bucket=bucket.bucket, Key=key, VersionId=version)


def test_file_that_changed_since_its_checksum_is_not_taken_for_kept(folder, bucket, prefix):
    (folder / "counts.json").write_text("{}")

    with pytest.raises(ProblemError, match=r"counts\.json"):
        deposit.keep(bucket, folder, prefix, NOW)


def test_other_content_under_a_key_is_refused_and_a_report_stays_the_first(folder, bucket, prefix):
    deposit.keep(bucket, folder, prefix, NOW)

    with pytest.raises(ProblemError):
        bucket.put(f"{prefix}/counts.json", b"{}", NOW)
    assert bucket.put_new(f"{prefix}/report.json", b"1", NOW)
    assert not bucket.put_new(f"{prefix}/report.json", b"2", NOW)
    assert bucket.get(f"{prefix}/report.json") == b"1"


def test_pod_finds_the_bucket_that_the_chart_names_or_says_what_is_missing(platform):
    said = {
        "SEN_S3_ENDPOINT": platform.s3_endpoint,
        "SEN_EVIDENCE_BUCKET": platform.evidence_bucket,
        "AWS_SHARED_CREDENTIALS_FILE": str(platform.s3_credentials),
    }
    found = found_bucket(said)
    found.answers()
    found.s3.close()

    with pytest.raises(MissingPartError, match="SEN_EVIDENCE_BUCKET"):
        found_bucket({name: each for name, each in said.items() if "BUCKET" not in name})


def test_bucket_that_is_not_there_keeps_nothing(folder, bucket, prefix):
    nowhere = LockedBucket(bucket.s3, "no-such-bucket", HOUR)

    with pytest.raises(MissingPartError):
        deposit.keep(nowhere, folder, prefix, NOW)
