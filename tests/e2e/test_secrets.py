"""No secret of a platform stands in the repository, in a log, in state or in what is printed."""

from __future__ import annotations

import configparser
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from sen.local.buckets import client
from sen.local.platform import Platform
from sen.paths import PROJECT
from sen.runs.environment import environment
from sen.runs.settings import CONFIG
from tests.e2e.conftest import Shard

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]


def secrets_of(platform: Platform) -> dict[str, bytes]:
    """Give every secret of a platform by name: keys, passphrase, S3 credentials, encryption key."""
    found = {"passphrase": (platform.state / "passphrase").read_bytes().strip()}
    credentials = configparser.ConfigParser()
    credentials.read(platform.s3_credentials)
    found["s3"] = credentials["default"]["aws_secret_access_key"].encode()
    users = yaml.safe_load(platform.kubeconfig.read_text())["users"]
    found["client key"] = users[0]["user"]["client-key-data"].encode()
    for key in platform.state.rglob("*.key"):
        found[key.name] = key.read_bytes().strip().splitlines()[1]
    return found


def places(platform: Platform) -> Iterator[tuple[str, bytes]]:
    """Give what others may read: tracked files, settings, logs, the audit log, the state."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True
    )
    for name in tracked.stdout.decode().strip("\0").split("\0"):
        if (PROJECT / name).is_file():
            yield name, (PROJECT / name).read_bytes()
    for folder in (CONFIG, platform.state / "logs", platform.audit_log.parent):
        for file in folder.rglob("*"):
            if file.is_file():
                yield str(file), file.read_bytes()
    s3 = client(platform)
    for entry in s3.list_objects_v2(Bucket=platform.state_bucket)["Contents"]:
        yield (
            entry["Key"],
            s3.get_object(Bucket=platform.state_bucket, Key=entry["Key"])["Body"].read(),
        )
    yield "sen env", repr(environment(platform)).encode()


def test_no_secret_stands_where_others_read(platform: Platform, shard: Shard) -> None:
    hanoi = shard("H26")
    hanoi.ask("portal")
    hanoi.stack.up()

    secrets = secrets_of(platform)
    looked_at = list(places(platform))
    leaks = [
        (where, name)
        for where, content in looked_at
        for name, secret in secrets.items()
        if secret in content
    ]

    assert leaks == []
    assert len(secrets) >= 5, "there are secrets to look for"
    assert len(looked_at) > 200, "and places to look at"
    assert any(".pulumi/stacks" in where for where, _ in looked_at)


@pytest.mark.usefixtures("baseline")
def test_files_with_secrets_are_their_owners_alone(platform: Platform) -> None:
    files = [
        platform.kubeconfig,
        platform.s3_credentials,
        platform.state / "passphrase",
        *platform.state.rglob("*.key"),
    ]

    assert len(files) >= 5
    assert {oct(Path(file).stat().st_mode & 0o777) for file in files} == {"0o600"}
