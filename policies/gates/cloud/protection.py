"""Keys and trails.

Key: `enabled`, `symmetric`, `rotates`; keys that the provider manages are left out.
Trail: `everyRegion`, `validated`, `key` (or empty), `running`, `bucket`.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies.gates.cloud.account import Account, Answer, Thing, described, part

# Keys of other material have no rotation to ask about.
NO_ROTATION = frozenset({"UnsupportedOperationException", "KMSInvalidStateException"})


def keys(account: Account) -> Iterator[Thing]:
    for each in account.pages("kms", "list_keys", "Keys"):
        name = str(each["KeyId"])
        answer = account.ask("kms", "describe_key", KeyId=name)
        if answer is not None and answer["KeyMetadata"].get("KeyManager") == "CUSTOMER":
            yield _key(account, name, answer["KeyMetadata"])


def _key(account: Account, name: str, key: Answer) -> Thing:
    rotation = account.ask("kms", "get_key_rotation_status", NO_ROTATION, KeyId=name)
    tags = account.pages("kms", "list_resource_tags", "Tags", KeyId=name)
    spec = {
        "enabled": bool(key.get("Enabled")),
        "symmetric": key.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT",
        "rotates": part(rotation, lambda a: bool(a.get("KeyRotationEnabled"))),
    }
    named = [{"Key": tag["TagKey"], "Value": tag["TagValue"]} for tag in tags]
    return described("Key", name, named, spec)


def trails(account: Account) -> Iterator[Thing]:
    for trail in account.pages("cloudtrail", "describe_trails", "trailList"):
        arn = trail["TrailARN"]
        status = account.ask("cloudtrail", "get_trail_status", Name=arn)
        tags = account.ask("cloudtrail", "list_tags", ResourceIdList=[arn]) or {}
        found = tags.get("ResourceTagList") or [{}]
        spec = {
            "everyRegion": bool(trail.get("IsMultiRegionTrail")),
            "validated": bool(trail.get("LogFileValidationEnabled")),
            "key": trail.get("KmsKeyId", ""),
            "running": part(status, lambda a: bool(a.get("IsLogging"))),
            "bucket": trail.get("S3BucketName", ""),
        }
        yield described("Trail", str(trail["Name"]), found[0].get("TagsList", ()), spec)
