"""Samples as they would stand in a file or a cluster: each in a namespace that says its level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies.kind import group_and_name, kinds, split
from policies.rule import Rule
from policies.sample import Sample, samples_of
from policies.subject import namespaced

Thing = dict[str, Any]


def home(name: str, level: int) -> Thing:
    """Give a namespace of a level."""
    labels = {"sen.gov.vn/level": str(level)}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def is_namespaced(thing: Thing) -> bool:
    return namespaced(group_and_name(thing["apiVersion"], thing["kind"]))


def placed(thing: Thing, namespace: str) -> Thing:
    if not is_namespaced(thing):
        return dict(thing)
    return {**thing, "metadata": {**thing.get("metadata", {}), "namespace": namespace}}


def own_place(sample: Sample) -> bool:
    """Say whether a sample says itself where it stands."""
    return not is_namespaced(sample.thing) or bool(said_place(sample))


def said_place(sample: Sample) -> str:
    """Give the namespace that the object, or what stands around it, names."""
    things = (sample.thing, *sample.context, *sample.others)
    named = ((each.get("metadata") or {}).get("namespace") for each in things)
    return next(filter(None, named), "")


def stream(rule: Rule, sample: Sample, namespace: str) -> list[Thing]:
    """Give the sample's object, first, and all that has to stand around it."""
    thing = sample.thing
    if own_place(sample):
        is_home = thing["kind"] == "Namespace"
        namespace = thing["metadata"]["name"] if is_home else said_place(sample) or namespace
        made = [placed(thing, namespace), *([] if is_home else [home(namespace, 5)])]
    else:
        made = [placed(thing, namespace), home(namespace, sample.level)]
    around = (placed(whole(rule, each), namespace) for each in (*sample.context, *sample.others))
    return [*made, *around]


def whole(rule: Rule, thing: Thing) -> Thing:
    """Give an object of which a sample says no more than what the rule reads."""
    group, version, kind = split(rule.context or rule.among[0])
    meant = {"apiVersion": f"{group}/{version}".strip("/"), "kind": kind, **thing}
    return {**meant, "metadata": {"name": "x", **(meant.get("metadata") or {})}}


def cannot_be_seen(rule: Rule, sample: Sample) -> bool:
    """Say whether files alone cannot tell: none of a kind outside namespaces may be elsewhere."""
    outside = [name for name in rule.among if not kinds().kinds[name].namespaced]
    return bool(outside) and not sample.others


def streams(rule: Rule) -> Iterator[tuple[int | None, list[tuple[Sample, int]], list[Thing]]]:
    """Give streams: the level that all of it is held to, each sample's document, the documents.

    Samples that say their place get a stream of their own, so that none stands among others.
    """
    many: list[Thing] = []
    numbers: list[tuple[Sample, int]] = []
    for index, sample in enumerate(samples_of(rule.id)):
        if own_place(sample):
            yield sample.level, [(sample, 0)], stream(rule, sample, f"n{index}")
        else:
            numbers.append((sample, len(many)))
            many += stream(rule, sample, f"n{index}")
    if many:
        yield None, numbers, many
