"""Copies a tenant's volumes by snapshots that outlive its namespace (snapshot.storage.k8s.io/v1).

Only classes that retain are used: with any other the copy would be deleted together with the
namespace, at the very moment for which it was made. What is not copied says why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sen.tenancy.life.objects import Kind, Object, Objects
from stacks.models.label import PREFIX

_V1 = "snapshot.storage.k8s.io/v1"
SNAPSHOT, CLASS = Kind(_V1, "VolumeSnapshot"), Kind(_V1, "VolumeSnapshotClass")
CONTENT = Kind(_V1, "VolumeSnapshotContent")
CLAIM, VOLUME = Kind("v1", "PersistentVolumeClaim"), Kind("v1", "PersistentVolume")
# On a claim: why its people want no copy of it.
LEFT_OUT = f"{PREFIX}/not-copied"
ASKED_AT = f"{PREFIX}/asked-at"
RETAIN = "Retain"
READY, WAITING, LATE, NONE = "ready", "waiting", "late", "none"
# Real ones take minutes; who has a day has been told of a driver that does not work.
PATIENCE = dt.timedelta(hours=24)
_DEFAULT = "snapshot.storage.kubernetes.io/is-default-class"


@dataclass(frozen=True)
class Copy:
    """What became of one volume.

    Attributes:
        claim: Name of the PersistentVolumeClaim.
        state: `ready`, `waiting`, `late` (waiting for longer than it should), `none`.
        why: Why it is not copied, or not yet.
        handle: The snapshot as the storage system knows it: this is what stays.
        restore_size: The least that a volume made from it must have.
    """

    claim: str
    state: str
    why: str = ""
    snapshot: str = ""
    content: str = ""
    handle: str = ""
    snapshot_class: str = ""
    driver: str = ""
    restore_size: str = ""
    taken_at: str = ""

    def row(self) -> dict[str, str]:
        """Give what is known of it."""
        return {key: each for key, each in vars(self).items() if each}


def take(objects: Objects, namespace: str, ends: str, now: dt.datetime) -> tuple[Copy, ...]:
    """Ask for every snapshot that was not asked for, and say how each stands.

    The last day is part of their names: a snapshot of an earlier end is none of this one.
    """
    served = SNAPSHOT in objects.kinds()
    classes = objects.each(CLASS) if served else []
    return tuple(
        _copied(objects, each, classes if served else None, ends, now)
        for each in objects.each(CLAIM, namespace)
    )


def hindrance(copies: Sequence[Copy], *, hooked: bool) -> Copy | None:
    """Give a volume that the end has to wait for; what is late is not, if a hook has copied it."""
    late = [each for each in copies if each.state == LATE and not hooked]
    waiting = [each for each in copies if each.state == WAITING]
    return next(iter([*late, *waiting]), None)


def _copied(
    objects: Objects, claim: Object, classes: Sequence[Object] | None, ends: str, now: dt.datetime
) -> Copy:
    meta = claim["metadata"]
    begun = Copy(str(meta["name"]), NONE)
    left_out = (meta.get("annotations") or {}).get(LEFT_OUT)
    if left_out:
        return replace(begun, why=f"left out by its people: {left_out}")
    phase = (claim.get("status") or {}).get("phase", "Pending")
    if phase != "Bound":
        return replace(begun, why=f"the claim is {phase}: there is no volume")
    if classes is None:
        return replace(begun, why="the cluster knows no volume snapshots")
    driver = _driver(objects, claim)
    if not driver:
        return replace(begun, why="its volume is of no CSI driver")
    begun = replace(begun, driver=driver)
    name = f"sen-end-{ends}-{begun.claim}"[:253].rstrip("-.")
    found = objects.get(SNAPSHOT, name, meta["namespace"])
    if found is None:
        return _asked(objects, claim, replace(begun, snapshot=name), classes, now)
    return _judged(objects, found, replace(begun, snapshot=name), now)


def _driver(objects: Objects, claim: Object) -> str:
    volume = objects.get(VOLUME, claim["spec"].get("volumeName") or "-")
    return str((((volume or {}).get("spec") or {}).get("csi") or {}).get("driver", ""))


def _asked(
    objects: Objects, claim: Object, copy: Copy, classes: Sequence[Object], now: dt.datetime
) -> Copy:
    own = [each for each in classes if each.get("driver") == copy.driver]
    kept = sorted((each for each in own if each.get("deletionPolicy") == RETAIN), key=_rank)
    if not own:
        return replace(copy, snapshot="", why=f"no VolumeSnapshotClass of {copy.driver}")
    if not kept:
        names = ", ".join(sorted(each["metadata"]["name"] for each in own))
        why = f"{names} would delete its snapshot with the namespace: none has {RETAIN}"
        return replace(copy, snapshot="", why=why)
    name = str(kept[0]["metadata"]["name"])
    objects.create(_snapshot(claim, copy, name, now))
    return replace(copy, state=WAITING, why="asked for just now", snapshot_class=name)


def _rank(each: Object) -> tuple[bool, str]:
    notes = each["metadata"].get("annotations") or {}
    return notes.get(_DEFAULT) != "true", each["metadata"]["name"]


def _snapshot(claim: Object, copy: Copy, name: str, now: dt.datetime) -> Object:
    meta = claim["metadata"]
    return {
        "apiVersion": SNAPSHOT.api_version,
        "kind": SNAPSHOT.name,
        "metadata": {
            "name": copy.snapshot,
            "namespace": meta["namespace"],
            "labels": {"app.kubernetes.io/managed-by": "sen"},
            "annotations": {ASKED_AT: now.isoformat()},
        },
        "spec": {
            "volumeSnapshotClassName": name,
            "source": {"persistentVolumeClaimName": copy.claim},
        },
    }


def _judged(objects: Objects, found: Object, copy: Copy, now: dt.datetime) -> Copy:
    """Say how a snapshot stands: its own word, and what its content would become."""
    status: dict[str, Any] = found.get("status") or {}
    name = str(status.get("boundVolumeSnapshotContentName") or "")
    copy = replace(copy, snapshot_class=found["spec"].get("volumeSnapshotClassName", ""))
    content = (objects.get(CONTENT, name) if name else None) or {}
    handle = (content.get("status") or {}).get("snapshotHandle", "")
    policy = (content.get("spec") or {}).get("deletionPolicy")
    if status.get("readyToUse") and handle and policy == RETAIN:
        size, taken = str(status.get("restoreSize", "")), str(status.get("creationTime", ""))
        kept = replace(copy, state=READY, content=name, handle=handle)
        return replace(kept, restore_size=size, taken_at=taken)
    why = (status.get("error") or {}).get("message") or "not ready to use yet"
    if content and policy != RETAIN:
        why = f"{name} would be deleted with the namespace: its deletionPolicy is {policy}"
    return replace(copy, state=LATE if now - _since(found, now) > PATIENCE else WAITING, why=why)


def _since(found: Object, now: dt.datetime) -> dt.datetime:
    """Read when it was asked for; a note that is no moment means now, so that nobody is rushed."""
    noted = (found["metadata"].get("annotations") or {}).get(ASKED_AT, "")
    try:
        at = dt.datetime.fromisoformat(noted)
    except ValueError:
        return now
    return at if at.tzinfo else now
