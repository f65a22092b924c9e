"""Writes down all that a tenant has before it goes: manifests, names of secrets, what was dumped.

A secret's value is in nobody's archive: the names alone are handed over, and the values end with
the namespace. Who may not even list secrets hands over the names that the other objects refer to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sen.errors import RefusedError
from sen.tenancy.life.archive import Archive
from sen.tenancy.life.hook import Hook
from sen.tenancy.life.objects import Kind, Object, Objects
from sen.tenancy.life.secret_names import referred_to
from sen.tenancy.life.snapshot import READY, Copy
from stacks.problem import Problem

SECRET = Kind("v1", "Secret")
_CLAIM, _SNAPSHOT = "PersistentVolumeClaim", "VolumeSnapshot"
_HOST_NOTE = "external-dns.alpha.kubernetes.io/hostname"


@dataclass(frozen=True)
class Handed:
    """What was handed over.

    Attributes:
        digest: SHA-256 of the checksums file.
        counts: Objects by kind, and `files`.
        missing: What nobody declared how to hand over.
    """

    folder: Path
    digest: str
    counts: Mapping[str, int]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Papers:
    """What belongs to a tenant and lies elsewhere.

    Attributes:
        objects: The tenant, its request, the decisions about it.
        records: Lines of the evidence about it, and proofs.
        accesses: Lines of the audit log about its namespace.
        state: What the stack's state knows of it.
    """

    objects: Sequence[Object] = ()
    records: Sequence[bytes] = ()
    accesses: Sequence[bytes] = ()
    state: Sequence[Mapping[str, Any]] = ()


def export(
    objects: Objects,
    namespace: str,
    folder: Path,
    hooks: Sequence[Hook],
    papers: Papers,
    copies: Sequence[Copy] = (),
) -> Handed:
    """Write the archive of a namespace; safe to call again, the last one stands.

    Raises:
        RefusedError: A kind may not be read; secrets need not be.
    """
    found, secrets_read = _read(objects, namespace)
    archive = Archive(folder)
    for kind, things in found.items():
        if kind != SECRET:
            for each in things:
                archive.put(_file(kind, each), _text(each))
    everything = [each for things in found.values() for each in things]
    secrets = [_secret(each) for each in found.get(SECRET, ())]
    named = secrets if secrets_read else referred_to(everything)
    archive.put_json("secrets.json", named)
    missing = tuple(_missing(everything, hooks, copies))
    if not secrets_read:
        missing = (*missing, "Secret: not listed; named are those that other objects refer to")
    archive.put_json("volumes.json", list(_volumes(everything, copies)))
    archive.put_json("hooks.json", {"ran": [each.row() for each in hooks], "missing": missing})
    archive.put_json("dns-names.json", sorted(_hosts(everything)))
    archive.put("sen.gov.vn.yaml", "---\n".join(map(_text, papers.objects)))
    archive.put("evidence.jsonl", b"".join(papers.records))
    archive.put("access.jsonl", b"".join(papers.accesses))
    archive.put_json("state.json", list(papers.state))
    counts = {kind.name: len(things) for kind, things in sorted(found.items()) if things}
    archive.put_json("counts.json", counts)
    return Handed(folder, archive.close(), counts, missing)


def _read(objects: Objects, namespace: str) -> tuple[dict[Kind, list[Object]], bool]:
    """Read every kind; say whether secrets were among them."""
    found, refused = {}, []
    for kind in objects.kinds():
        try:
            found[kind] = objects.each(kind, namespace)
        except RefusedError:
            refused.append(kind)
    unread = ", ".join(f"{each.name} ({each.api_version})" for each in refused if each != SECRET)
    if unread:
        raise RefusedError(Problem("ending-kinds-unread", namespace, {"kinds": unread}))
    return found, SECRET not in refused


def _file(kind: Kind, thing: Object) -> str:
    group = kind.api_version.replace("/", "_")
    return f"manifests/{group}_{kind.name}/{thing['metadata']['name']}.yaml"


def _text(thing: Mapping[str, Any]) -> str:
    meta = {key: each for key, each in thing["metadata"].items() if key != "managedFields"}
    return yaml.safe_dump({**thing, "metadata": meta}, allow_unicode=True, sort_keys=True)


def _secret(thing: Object) -> dict[str, object]:
    keys = sorted(thing.get("data") or ())
    return {"name": thing["metadata"]["name"], "type": thing.get("type"), "keys": keys}


def _volumes(everything: Iterable[Object], copies: Sequence[Copy]) -> Iterator[dict[str, Any]]:
    """Give each claim with its copy, or why there is none, and snapshots that its people took."""
    things, by_claim = list(everything), {each.claim: each.row() for each in copies}
    snapshots = [each for each in things if each["kind"] == _SNAPSHOT]
    for each in things:
        if each["kind"] == _CLAIM:
            name = each["metadata"]["name"]
            taken = [one["metadata"]["name"] for one in snapshots if _source(one) == name]
            size = ((each["spec"].get("resources") or {}).get("requests") or {}).get("storage")
            copy = by_claim.get(name, {"claim": name, "state": "none"})
            yield {**copy, "storage": size, "snapshots": taken}


def _source(snapshot: Object) -> object:
    return (snapshot["spec"].get("source") or {}).get("persistentVolumeClaimName")


def _missing(
    everything: Sequence[Object], hooks: Sequence[Hook], copies: Sequence[Copy]
) -> Iterator[str]:
    """Name what holds data and was not declared: a volume without a copy or a hook."""
    declared = {each.what for each in hooks}
    for each in _volumes(everything, copies):
        if each["state"] != READY and not declared:
            why = each.get("why", "nobody looked")
            yield f"{_CLAIM}/{each['claim']}: not copied ({why}), no export hook"
    if "database" not in declared:
        for each in everything:
            if each["kind"] == "StatefulSet":
                yield f"StatefulSet/{each['metadata']['name']}: no dump hook"


def _hosts(everything: Iterable[Object]) -> set[str]:
    """Give the names that lead to the tenant: they end with the objects that carry them."""
    found: set[str] = set()
    for each in everything:
        noted = (each["metadata"].get("annotations") or {}).get(_HOST_NOTE, "")
        found.update(name.strip() for name in noted.split(",") if name.strip())
        if each["kind"] == "Ingress":
            rules = each["spec"].get("rules") or ()
            found.update(rule["host"] for rule in rules if rule.get("host"))
        if each["kind"] == "HTTPRoute":
            found.update(each["spec"].get("hostnames") or ())
    return found
