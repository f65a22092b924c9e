"""Namespaces of a real API server in which samples are asked about: one a level, all they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from policies import load_rules
from policies.gates.plan import dated
from policies.kind import group_and_name
from policies.rule import Rule
from policies.sample import Sample
from policies.scope import scope
from policies.subject import Subject, namespaced
from tests.policies.api_server import RUN, ApiServer, joins, marked

WHOLE = {"requests.cpu": "999", "requests.memory": "999Gi", "pods": "999"}
QUOTA = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "limits"},
    "spec": {"hard": WHOLE},
}
# Level of a namespace that says something else than a level.
ODD = "odd"


@dataclass(frozen=True)
class Case:
    """An object as every gate is asked about it.

    Attributes:
        name: The rule whose sample it is, and the sample.
        home: Namespace that it is asked in; for what lies in none, the one that would be.
    """

    name: str
    rule: str
    thing: Mapping[str, Any]
    home: str
    level: int
    context: tuple[Mapping[str, Any], ...]

    @property
    def kind(self) -> str:
        return f"{self.thing['apiVersion']}/{self.thing['kind']}"

    @property
    def subject(self) -> Subject:
        return Subject(dated(self.thing), self.level, self.context)


RULES: Mapping[str, Rule] = {rule.id: rule for rule in load_rules()}


def rule_like(name: str, **changed: object) -> Rule:
    """Give a rule with parts changed, as if it had been read so."""
    return Rule.model_validate({**RULES[name].model_dump(exclude_defaults=True), **changed})


def case(sample: Sample) -> Case:
    """Put a sample into its namespace: one a level; one of its own if it brings context along."""
    own = RULES[sample.rule].context is not None
    home = f"{RUN}-{sample.name}" if own else f"{RUN}-{sample.level}"
    thing = marked(sample.thing)
    if namespaced(group_and_name(thing["apiVersion"], thing["kind"])):
        thing["metadata"]["namespace"] = home
    if joins(thing):
        thing["metadata"]["name"] = f"host-{sample.rule}-{sample.name}"[:253]
    context = tuple(sample.context) if own else (QUOTA,)
    return Case(f"{sample.rule}/{sample.name}", sample.rule, thing, home, _level(sample), context)


def in_odd_namespace(sample: Sample) -> Case:
    found = case(sample)
    thing = marked(found.thing, namespace=f"{RUN}-{ODD}")
    return replace(found, thing=thing, home=f"{RUN}-{ODD}", level=scope().unknown_level)


def furnish(server: ApiServer, cases: Iterable[Case]) -> None:
    """Make the namespaces of these cases, and in each what its objects refer to."""
    cases = tuple(cases)
    homes = {each.home: each for each in cases}
    accounts = {name for each in cases for name in _accounts(each.thing)} | {"default"}
    for name, one in homes.items():
        level = ODD if name == f"{RUN}-{ODD}" else _of_home(name) or str(one.level)
        labels = {"sen.gov.vn/level": level}
        server.make(_object("Namespace", name, labels=labels))
        for account in sorted(accounts):
            server.make(_object("ServiceAccount", account), name)
    # Pods that debugging containers join come before the quotas, which would ask them for amounts.
    for each in cases:
        if joins(each.thing):
            server.make(_host(each.thing), each.home)
    for name, one in homes.items():
        for quota in one.context:
            _fill(server, quota, name)


def _of_home(name: str) -> str:
    """Give the level that a namespace's name says: cases in it may lie in no namespace at all."""
    last = name.removeprefix(f"{RUN}-")
    return last if last in set("12345") else ""


def _level(sample: Sample) -> int:
    """Give the level at admission: a Namespace says its own, what lies in none the strictest."""
    kind = group_and_name(sample.thing["apiVersion"], sample.thing["kind"])
    if kind == "/Namespace":
        return scope().level(sample.thing)
    return sample.level if namespaced(kind) else scope().unknown_level


def _fill(server: ApiServer, quota: Mapping[str, Any], home: str) -> None:
    """Make a quota and say what is used, as its controller would."""
    server.make(quota, home)
    hard = quota.get("spec", {}).get("hard", {})
    status = {**quota, "status": {"hard": hard, "used": dict.fromkeys(hard, "0")}}
    path = f"/api/v1/namespaces/{home}/resourcequotas/{quota['metadata']['name']}/status"
    answer = server.call("PUT", path, status)
    assert answer.status == 200, answer


def _object(kind: str, name: str, **metadata: object) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **metadata}}


def _accounts(thing: Mapping[str, Any]) -> Iterator[str]:
    spec = thing.get("spec") if thing["kind"] == "Pod" else None
    if isinstance(spec, Mapping):
        yield from (spec[key] for key in ("serviceAccountName", "serviceAccount") if key in spec)


def _host(thing: Mapping[str, Any]) -> dict[str, Any]:
    spec = {key: each for key, each in thing["spec"].items() if key != "ephemeralContainers"}
    return {**thing, "spec": spec}
