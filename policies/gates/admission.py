"""The admission gate: the same rules as ValidatingAdmissionPolicies of the API server.

Few policies with many rules each: a policy costs about 0.36 ms a request, a rule inside it 0.02 ms.
Each policy computes the list of its broken rules and refuses once, naming all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import yaml

from policies.expression import literal, own, rename, shared
from policies.kind import kinds, split
from policies.rule import Action, Rule, load_rules
from policies.scope import LEVELS, Scope, scope

API = "admissionregistration.k8s.io/v1"
VALIDATIONS = {Action.DENY: ["Deny"], Action.WARN: ["Warn", "Audit"]}
LABELS = {"app.kubernetes.io/managed-by": "sen", "app.kubernetes.io/component": "policy"}


@dataclass(frozen=True)
class Group:
    """Rules that share a policy: same kinds, same context, same action."""

    matches: tuple[str, ...]
    context: str | None
    action: Action
    rules: tuple[Rule, ...]

    def name(self, prefix: str) -> str:
        parts = [prefix, *(match.rpartition("/")[2].lower() for match in self.matches)]
        if self.context:
            parts.append(self.context.rpartition("/")[2].lower())
        return "-".join((*parts, self.action))


def policy_objects(
    rules: Sequence[Rule] | None = None, prefix: str = "sen"
) -> list[dict[str, Any]]:
    """Give the policies and their bindings as plain Kubernetes manifests, policies first."""
    groups = list(_groups(load_rules() if rules is None else rules))
    policies = [_policy(group, prefix) for group in groups]
    return [*policies, *(_binding(group, prefix) for group in groups)]


def _groups(rules: Iterable[Rule]) -> Iterator[Group]:
    def key(rule: Rule) -> tuple[tuple[str, ...], str]:
        return rule.matches, rule.context or ""

    asked = (rule for rule in rules if rule.asked_at_admission)
    for (matches, context), found in groupby(sorted(asked, key=key), key):
        members = tuple(found)
        for action in (Action.DENY, Action.WARN):
            chosen = tuple(rule for rule in members if action in rule.levels.values())
            if chosen:
                yield Group(matches, context or None, action, chosen)


def _policy(group: Group, prefix: str) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "failurePolicy": "Fail",
        "matchConstraints": {
            "matchPolicy": "Equivalent",
            "namespaceSelector": _not_excluded(scope()),
            "resourceRules": _resource_rules(group),
        },
        # An object that is being deleted must be able to lose its finalizers.
        "matchConditions": [
            {"name": "not-being-deleted", "expression": "!has(object.metadata.deletionTimestamp)"}
        ],
        "variables": [{"name": k, "expression": v} for k, v in _variables(group).items()],
        "validations": [
            {
                "expression": "variables.broken.size() == 0",
                "messageExpression": "variables.broken.join('; ')",
                "message": f"broken rules: {', '.join(rule.id for rule in group.rules)}",
                "reason": "Forbidden",
            }
        ],
    }
    if group.context:
        api, version, kind = split(group.context)
        spec["paramKind"] = {"apiVersion": f"{api}/{version}".lstrip("/"), "kind": kind}
    return _object("ValidatingAdmissionPolicy", group.name(prefix), spec)


def _binding(group: Group, prefix: str) -> dict[str, Any]:
    name = group.name(prefix)
    spec: dict[str, Any] = {"policyName": name, "validationActions": VALIDATIONS[group.action]}
    if group.context:
        # No namespace named: the object's own. None found: refused.
        spec["paramRef"] = {"selector": {}, "parameterNotFoundAction": "Deny"}
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
    known = kinds()
    places: dict[tuple[str, str], list[str]] = {}
    for name in known.members(group.matches):
        api, version, _ = split(name)
        if known.kinds[name].resources:
            places.setdefault((api, version), []).extend(known.kinds[name].resources)
    return [
        {
            "apiGroups": [api],
            "apiVersions": [version],
            "operations": ["CREATE", "UPDATE"],
            "resources": resources,
        }
        for (api, version), resources in places.items()
    ]


def _variables(group: Group) -> dict[str, str]:
    """Give the policy's variables in the order of use: level, shared, each rule's, the list."""
    found = {"level": _level(scope())}
    for rule in group.rules:
        found |= shared(rule)
    for rule in group.rules:
        found |= _rule_variables(rule, group.action)
    entries = ", ".join(
        f"variables.{_identifier(rule)} ? '' : {literal(f'[{rule.id}] {rule.message}')}"
        for rule in group.rules
    )
    return {**found, "broken": f"[{entries}].filter(each, each != '')"}


def _rule_variables(rule: Rule, action: Action) -> dict[str, str]:
    """Give a rule's variables under its name, and the rule itself, true where it does not ask."""
    mine = own(rule)
    prefix = _identifier(rule)

    def name(each: str) -> str:
        return f"variables.{prefix}_{each}" if each in mine else f"variables.{each}"

    renamed = {f"{prefix}_{each}": rename(text, name) for each, text in mine.items()}
    asked = [level for level in LEVELS if rule.action(level) is action]
    expression = rename(rule.expression, name)
    everywhere = len(asked) == len(LEVELS)
    return {
        **renamed,
        prefix: expression if everywhere else f"!(variables.level in {asked}) || ({expression})",
    }


def _level(where: Scope) -> str:
    """Read the level off the namespace's label; a Namespace is its own."""
    label, known = literal(where.level_label), literal(tuple(str(level) for level in LEVELS))
    labelled = (
        f"has(SPACE.metadata.labels) && {label} in SPACE.metadata.labels"
        f" && SPACE.metadata.labels[{label}] in {known}"
        f" ? int(SPACE.metadata.labels[{label}]) : {where.unknown_level}"
    )
    itself, home = (labelled.replace("SPACE", each) for each in ("object", "namespaceObject"))
    return (
        f"object.kind == 'Namespace' ? ({itself})"
        f" : namespaceObject == null ? {where.unknown_level} : ({home})"
    )


def _identifier(rule: Rule) -> str:
    return rule.id.replace("-", "_")


def main() -> None:
    """Write the manifests to standard output: `python -m policies.gates.admission`."""
    sys.stdout.write("# Generated: python -m policies.gates.admission > policies/admission.yaml\n")
    yaml.dump_all(
        policy_objects(),
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
