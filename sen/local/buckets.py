"""The buckets a platform starts with: Pulumi's state, and evidence that nobody can take back."""

import os
from typing import Any

from sen.errors import MissingPartError
from sen.local.companions import s3_keys
from sen.local.platform import Platform
from stacks.problem import Problem

# Where botocore looks for a profile and its files: (key in the file, variable, default, as).
NOBODYS_SETTINGS = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


def client(platform: Platform) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    """Give an S3 client of the platform that no AWS setting of the user's reaches."""
    # Half a second to import, and most commands need no bucket.
    import botocore.session  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    session = botocore.session.Session(session_vars=NOBODYS_SETTINGS)
    access, secret = s3_keys(platform)
    return session.create_client(
        "s3",
        endpoint_url=platform.s3_endpoint,
        region_name=platform.s3_region,
        aws_access_key_id=access,
        aws_secret_access_key=secret,
        config=Config(s3={"addressing_style": "path"}, proxies={}, retries={"max_attempts": 2}),
    )


def make_buckets(platform: Platform) -> None:
    """Make what is missing; the lock of evidence can only be had at its creation."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    s3 = client(platform)
    try:
        _make(s3, platform)
    except (BotoCoreError, ClientError) as error:
        problem = Problem("local-s3-refused", platform.s3_endpoint, {"reason": error})
        raise MissingPartError(problem) from error
    finally:
        s3.close()


def _make(s3: Any, platform: Platform) -> None:  # noqa: ANN401 - as above
    there = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    if platform.state_bucket not in there:
        s3.create_bucket(Bucket=platform.state_bucket)
    if platform.evidence_bucket not in there:
        s3.create_bucket(Bucket=platform.evidence_bucket, ObjectLockEnabledForBucket=True)
    for bucket in (platform.state_bucket, platform.evidence_bucket):
        if s3.get_bucket_versioning(Bucket=bucket).get("Status") != "Enabled":
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
