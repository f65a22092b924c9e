"""Who may ask and who may decide, held by the API server: RBAC says who has which role.

The right to decide is a verb of RBAC on the request (`approve-head`, `approve-platform`, ...),
given by Roles like any other. So portal, command line and `kubectl` are all held to the same.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from stacks.models.objects.admission_rules import delegations, match, waivers
from stacks.models.objects.kind import GROUP, VERSION

FILE = Path(__file__).resolve().parents[3] / "charts" / "sen" / "files" / "approvals.yaml"
# The door through Git makes requests for those who wrote them.
GIT_DOOR = "system:serviceaccount:sen-system:sen-gitops"
_API = "admissionregistration.k8s.io/v1"


def policies() -> list[dict[str, Any]]:
    """Give the policies and their bindings."""
    return [
        *_pair("sen-requests", _requests()),
        *_pair("sen-approvals", _approvals(), _PARAMS),
        *_pair("sen-waivers", waivers()),
        *_pair("sen-delegations", delegations()),
    ]


_PARAMS = {"selector": {}, "parameterNotFoundAction": "Deny"}


# A delegation is a right on the name of who delegated, bound for its days.
_DELEGATED = (
    f"authorizer.group('{GROUP}').resource('delegations')"
    ".namespace(object.metadata.namespace).name(object.spec.in_place_of)"
    ".check('approve-' + object.spec.role).allowed()"
)


def _requests() -> dict[str, Any]:
    asks = f"request.userInfo.username == '{GIT_DOOR}'"
    return {
        "matchConstraints": match("tenantrequests", "CREATE"),
        "validations": [
            {
                "expression": f"{asks} || object.spec.requested_by == request.userInfo.username",
                "message": "requested_by phải là chính bạn / requested_by must be you",
                "reason": "Forbidden",
            }
        ],
    }


def _approvals() -> dict[str, Any]:
    holds = (
        f"has(object.spec.in_place_of) ? {_DELEGATED} : "
        f"authorizer.group('{GROUP}').resource('tenantrequests')"
        ".namespace(object.metadata.namespace).name(object.spec.request)"
        ".check('approve-' + object.spec.role).allowed()"
    )
    own = (
        "params.metadata.name != object.spec.request || (params.spec.requested_by != object.spec.by"
        " && (!has(object.spec.in_place_of)"
        " || params.spec.requested_by != object.spec.in_place_of))"
    )
    return {
        "paramKind": {"apiVersion": f"{GROUP}/{VERSION}", "kind": "TenantRequest"},
        "matchConstraints": match("approvals", "CREATE"),
        "validations": [
            {
                "expression": "object.spec.by == request.userInfo.username",
                "message": "by phải là chính bạn / by must be you",
                "reason": "Forbidden",
            },
            {
                "expression": holds,
                "messageExpression": "'bạn không giữ vai trò phê duyệt / you do not hold the role '"
                " + object.spec.role",
                "reason": "Forbidden",
            },
            {
                "expression": own,
                "message": "không ai tự duyệt yêu cầu của mình / nobody approves their own request",
                "reason": "Forbidden",
            },
        ],
    }


def _pair(
    name: str, spec: dict[str, Any], params: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    binding: dict[str, Any] = {"policyName": name, "validationActions": ["Deny"]}
    if params:
        binding["paramRef"] = params
    return [
        _object("ValidatingAdmissionPolicy", name, {"failurePolicy": "Fail", **spec}),
        _object("ValidatingAdmissionPolicyBinding", name, binding),
    ]


def _object(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    labels = {"app.kubernetes.io/managed-by": "sen", "app.kubernetes.io/component": "approvals"}
    return {
        "apiVersion": _API,
        "kind": kind,
        "metadata": {"name": name, "labels": labels},
        "spec": spec,
    }


def text() -> str:
    """Give the policies as one YAML stream."""
    head = "# Generated: python -m stacks.models.objects.admission\n"
    return head + yaml.safe_dump_all(policies(), allow_unicode=True, sort_keys=False, width=100)


def main() -> None:
    """Write the file."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(text(), "utf-8")
    sys.stdout.write(f"{FILE.name}: {len(policies())} objects\n")


if __name__ == "__main__":
    main()
