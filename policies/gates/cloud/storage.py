"""Buckets and volumes.

Bucket: `encryption` (algorithm, or empty), `versioning` (Enabled, Suspended, Off),
`publicAccessBlocked` (all four settings on), `lock` {enabled, mode, days}, `statements` of its
policy, `loggedTo` (bucket, or empty).
Volume: `encrypted`, `sizeGib`, `attachedTo` (ids of instances).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies.gates.cloud.account import Account, Answer, Thing, described, part
from policies.gates.cloud.statement import statements

DAYS_IN_YEAR = 365
NO_TAGS = frozenset({"NoSuchTagSet"})
NO_ENCRYPTION = frozenset({"ServerSideEncryptionConfigurationNotFoundError"})
NO_BLOCK = frozenset({"NoSuchPublicAccessBlockConfiguration"})
NO_LOCK = frozenset({"ObjectLockConfigurationNotFoundError"})
NO_POLICY = frozenset({"NoSuchBucketPolicy"})
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def buckets(account: Account) -> Iterator[Thing]:
    for bucket in account.pages("s3", "list_buckets", "Buckets"):
        yield _bucket(account, str(bucket["Name"]))


def _bucket(account: Account, name: str) -> Thing:
    def ask(operation: str, absent: frozenset[str] = frozenset()) -> Answer | None:
        return account.ask("s3", operation, absent, Bucket=name)

    tags = ask("get_bucket_tagging", NO_TAGS) or {}
    spec = {
        "encryption": part(ask("get_bucket_encryption", NO_ENCRYPTION), _algorithm),
        "versioning": part(ask("get_bucket_versioning"), lambda a: a.get("Status", "Off")),
        "publicAccessBlocked": part(ask("get_public_access_block", NO_BLOCK), _blocked),
        "lock": part(ask("get_object_lock_configuration", NO_LOCK), _lock),
        "statements": part(
            ask("get_bucket_policy", NO_POLICY), lambda a: statements(a.get("Policy"))
        ),
        "loggedTo": part(
            ask("get_bucket_logging"),
            lambda a: a.get("LoggingEnabled", {}).get("TargetBucket", ""),
        ),
    }
    return described("Bucket", name, tags.get("TagSet", ()), spec)


def _algorithm(answer: Answer) -> str:
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", ())
    found = (rule.get("ApplyServerSideEncryptionByDefault", {}) for rule in rules)
    return next((str(each["SSEAlgorithm"]) for each in found if "SSEAlgorithm" in each), "")


def _blocked(answer: Answer) -> bool:
    settings = answer.get("PublicAccessBlockConfiguration", {})
    return all(settings.get(each) for each in BLOCKS)


def _lock(answer: Answer) -> dict[str, Any]:
    found = answer.get("ObjectLockConfiguration", {})
    kept = found.get("Rule", {}).get("DefaultRetention", {})
    return {
        "enabled": found.get("ObjectLockEnabled") == "Enabled",
        "mode": kept.get("Mode", ""),
        "days": kept.get("Days", 0) or DAYS_IN_YEAR * kept.get("Years", 0),
    }


def volumes(account: Account) -> Iterator[Thing]:
    for volume in account.pages("ec2", "describe_volumes", "Volumes"):
        spec = {
            "encrypted": bool(volume.get("Encrypted")),
            "sizeGib": volume.get("Size"),
            "attachedTo": [each["InstanceId"] for each in volume.get("Attachments", ())],
        }
        yield described("Volume", volume["VolumeId"], volume.get("Tags", ()), spec)
