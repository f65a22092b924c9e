"""The admission gate: the same rules as ValidatingAdmissionPolicies of the API server.

Few policies with many rules each: a policy costs about 0.36 ms a request, a rule inside it 0.02 ms.
Each policy computes the list of its broken rules and refuses once, naming all of them that are not
waived (docs/adr/0006).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import yaml

from policies.gates.admission_cel import REFUSES_WITH, message, variables
from policies.gates.admission_group import Group, groups
from policies.gates.admission_waiver import PARAM_KIND, RECORD, record
from policies.kind import kinds, split
from policies.rule import Action, Rule, load_rules
from policies.scope import Scope, scope
from policies.waiver import Register, load_register

API = "admissionregistration.k8s.io/v1"
VALIDATIONS = {Action.DENY: ["Deny"], Action.WARN: ["Warn", "Audit"]}
LABELS = {"app.kubernetes.io/managed-by": "sen", "app.kubernetes.io/component": "policy"}


def installed(register: Register | None = None) -> list[dict[str, Any]]:
    """Give all that a cluster needs: the record of waivers first, then the policies.

    All waivers are in it, whatever the day: each bears its days, and the policies look at them.
    """
    waivers = (load_register() if register is None else register).waivers
    return [record(waivers), *policy_objects()]


def policy_objects(
    rules: Sequence[Rule] | None = None, prefix: str = "sen", waivers: str = RECORD
) -> list[dict[str, Any]]:
    """Give the policies and their bindings as plain Kubernetes manifests, policies first.

    Args:
        rules: The rules; all of them where none are given.
        prefix: What the policies' names begin with.
        waivers: Name of the Namespace that bears the record of waivers.
    """
    found = list(groups(load_rules() if rules is None else rules))
    policies = [_policy(group, prefix) for group in found]
    return [*policies, *(_binding(group, prefix, waivers) for group in found)]


def _policy(group: Group, prefix: str) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "failurePolicy": "Fail",
        "paramKind": PARAM_KIND,
        "matchConstraints": {
            "matchPolicy": "Equivalent",
            "namespaceSelector": _not_excluded(scope()),
            "resourceRules": _resource_rules(group),
        },
        # An object that is being deleted must be able to lose its finalizers.
        "matchConditions": [
            {"name": "not-being-deleted", "expression": "!has(object.metadata.deletionTimestamp)"}
        ],
        "variables": [{"name": k, "expression": v} for k, v in variables(group).items()],
        "validations": [
            {
                "expression": REFUSES_WITH,
                "messageExpression": message(),
                "message": f"broken rules of {group.name(prefix)}",
                "reason": "Forbidden",
            }
        ],
    }
    if group.context:
        api, version, kind = split(group.context)
        spec["paramKind"] = {"apiVersion": f"{api}/{version}".lstrip("/"), "kind": kind}
    return _object("ValidatingAdmissionPolicy", group.name(prefix), spec)


def _binding(group: Group, prefix: str, waivers: str) -> dict[str, Any]:
    name = group.name(prefix)
    spec: dict[str, Any] = {"policyName": name, "validationActions": VALIDATIONS[group.action]}
    # No name and no namespace: all objects of the kind in the object's own. None found: refused.
    reference: dict[str, Any] = {"selector": {}} if group.context else {"name": waivers}
    spec["paramRef"] = {**reference, "parameterNotFoundAction": "Deny"}
    return _object("ValidatingAdmissionPolicyBinding", name, spec)


def _object(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    metadata = {"name": name, "labels": LABELS}
    return {"apiVersion": API, "kind": kind, "metadata": metadata, "spec": spec}


def _not_excluded(where: Scope) -> dict[str, Any]:
    selector = {
        "key": "kubernetes.io/metadata.name",
        "operator": "NotIn",
        "values": list(where.excluded_namespaces),
    }
    return {"matchExpressions": [selector]}


def _resource_rules(group: Group) -> list[dict[str, Any]]:
    places: dict[tuple[str, str], list[str]] = {}
    for name in group.kinds:
        api, version, _ = split(name)
        places.setdefault((api, version), []).extend(kinds().kinds[name].resources)
    return [
        {
            "apiGroups": [api],
            "apiVersions": [version],
            "operations": ["CREATE", "UPDATE"],
            "resources": resources,
        }
        for (api, version), resources in places.items()
    ]


def main() -> None:
    """Write the manifests to standard output: `python -m policies.gates.admission`."""
    sys.stdout.write("# Generated: python -m policies.gates.admission > policies/admission.yaml\n")
    yaml.dump_all(
        installed(),
        sys.stdout,
        allow_unicode=True,
        sort_keys=False,
        width=100,
        Dumper=_Plain,
    )


class _Plain(yaml.SafeDumper):
    """Writes repeated parts out; anchors would have to be understood by every reader."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base class's signature
        return True


if __name__ == "__main__":
    main()
