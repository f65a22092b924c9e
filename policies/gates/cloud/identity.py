"""People, roles and policies of an account.

IamUser: `hasPassword`, `secondFactors` (how many), `keyAgesDays` (of active access keys),
`directPolicies` (names of policies that hang on the person), `statements` of the inline ones.
IamRole: `trust` and `statements` (of its inline policies), `path`.
IamPolicy: `statements`, `attachments` (how many).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from policies.gates.cloud.account import Account, Answer, Thing, described, part
from policies.gates.cloud.statement import statements
from policies.partial import UNKNOWN

NO_ENTITY = frozenset({"NoSuchEntity"})
OURS = ("User", "Role", "LocalManagedPolicy")


def identities(account: Account, now: datetime) -> Iterator[Thing]:
    """Give users, roles and the account's own policies: one listing holds them all."""
    for page in account.whole_pages("iam", "get_account_authorization_details", Filter=list(OURS)):
        for user in page.get("UserDetailList", ()):
            yield _user(account, user, now)
        for role in page.get("RoleDetailList", ()):
            yield _role(role)
        for policy in page.get("Policies", ()):
            yield _policy(policy)


def _user(account: Account, user: Answer, now: datetime) -> Thing:
    name = str(user["UserName"])
    password = account.ask("iam", "get_login_profile", NO_ENTITY, UserName=name)
    spec = {
        "hasPassword": part(password, bool),
        "secondFactors": _count(account, name),
        "keyAgesDays": _ages(account, name, now),
        "directPolicies": [
            *(each["PolicyName"] for each in user.get("UserPolicyList", ())),
            *(each["PolicyName"] for each in user.get("AttachedManagedPolicies", ())),
        ],
        "statements": _inline(user.get("UserPolicyList", ())),
    }
    return described("IamUser", name, user.get("Tags", ()), spec)


def _count(account: Account, name: str) -> int | bytes:
    before = len(account.unread)
    found = sum(1 for _ in account.pages("iam", "list_mfa_devices", "MFADevices", UserName=name))
    return UNKNOWN if len(account.unread) > before else found


def _ages(account: Account, name: str, now: datetime) -> list[int] | bytes:
    before = len(account.unread)
    keys = account.pages("iam", "list_access_keys", "AccessKeyMetadata", UserName=name)
    found = [(now - key["CreateDate"]).days for key in keys if key.get("Status") == "Active"]
    return UNKNOWN if len(account.unread) > before else found


def _role(role: Answer) -> Thing:
    spec = {
        "path": role.get("Path"),
        "trust": statements(role.get("AssumeRolePolicyDocument")),
        "statements": _inline(role.get("RolePolicyList", ())),
    }
    return described("IamRole", str(role["RoleName"]), role.get("Tags", ()), spec)


def _inline(policies: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a list of boto3's
    return [each for policy in policies for each in statements(policy.get("PolicyDocument"))]


def _policy(policy: Answer) -> Thing:
    versions = policy.get("PolicyVersionList", ())
    valid = [each for each in versions if each.get("IsDefaultVersion")]
    spec = {
        "attachments": policy.get("AttachmentCount", 0),
        "statements": statements(valid[0].get("Document")) if valid else UNKNOWN,
    }
    # This listing has no tags of policies, and not every provider says the name twice.
    return described("IamPolicy", str(policy["Arn"]).rpartition("/")[2], (), spec)
