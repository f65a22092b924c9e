"""Each volume is copied by a snapshot that stays, or it is said why it is not."""

import datetime as dt

import pytest

from sen.tenancy.life.snapshot import CLASS, CONTENT, SNAPSHOT, VOLUME, hindrance, take
from tests.sen.tenancy.life.namespace import CLAIM, Memory, thing

HOME, ENDS = "h26-portal-staging", "2027-06-30"
NOW = dt.datetime(2027, 8, 1, 3, tzinfo=dt.UTC)
DRIVER = "csi.example.vn"
NAME = f"sen-end-{ENDS}-data"
CONTENT_NAME = "snapcontent-1"


class Cluster(Memory):
    """A cluster that knows snapshots."""

    def kinds(self):
        return sorted({*super().kinds(), SNAPSHOT})


def claim(name="data", phase="Bound", **notes):
    meta = {"annotations": notes}
    return thing(CLAIM, name, spec={"volumeName": "pv-1"}, status={"phase": phase}, meta=meta)


def volume(**source):
    source = source or {"csi": {"driver": DRIVER, "volumeHandle": "v-1"}}
    return thing(VOLUME, "pv-1", namespace=None, spec=source)


def snapshot_class(name="keeps", policy="Retain", driver=DRIVER, **notes):
    meta = {"annotations": notes}
    return thing(CLASS, name, namespace=None, driver=driver, deletionPolicy=policy, meta=meta)


def taken(cluster, now=NOW):
    return take(cluster, HOME, ENDS, now)


def answer(cluster, policy="Retain", **status):
    """Play the controller: the snapshot gets a content, and says how it stands."""
    found = cluster.get(SNAPSHOT, NAME, HOME)
    bound = {"boundVolumeSnapshotContentName": CONTENT_NAME, "restoreSize": "5Gi", **status}
    cluster.put({**found, "status": {"creationTime": "2027-08-01T03:00:01Z", **bound}})
    content = {"deletionPolicy": policy}
    held = {"snapshotHandle": "s-1"}
    cluster.put(thing(CONTENT, CONTENT_NAME, namespace=None, spec=content, status=held))


def test_snapshot_is_asked_for_once_and_ready_when_its_controller_says_so():
    cluster = Cluster(claim(), volume(), snapshot_class())

    (asked,) = taken(cluster)
    (again,) = taken(cluster)
    answer(cluster, readyToUse=True)
    (ready,) = taken(cluster)

    spec = cluster.get(SNAPSHOT, NAME, HOME)["spec"]
    assert spec == {
        "volumeSnapshotClassName": "keeps",
        "source": {"persistentVolumeClaimName": "data"},
    }
    assert [asked.state, again.state] == ["waiting", "waiting"]
    assert hindrance([again], hooked=True) is again
    assert hindrance([ready], hooked=False) is None
    assert ready.row() == {
        "claim": "data",
        "state": "ready",
        "snapshot": NAME,
        "content": CONTENT_NAME,
        "handle": "s-1",
        "snapshot_class": "keeps",
        "driver": DRIVER,
        "restore_size": "5Gi",
        "taken_at": "2027-08-01T03:00:01Z",
    }


def test_snapshot_of_an_earlier_end_is_none_of_this_one():
    cluster = Cluster(claim(), volume(), snapshot_class())
    taken(cluster)
    answer(cluster, readyToUse=True)

    (later,) = take(cluster, HOME, "2028-06-30", NOW)

    assert (later.state, later.snapshot) == ("waiting", "sen-end-2028-06-30-data")


def test_what_is_not_ready_for_a_day_is_late_and_a_hook_of_its_own_lets_it_go():
    cluster = Cluster(claim(), volume(), snapshot_class())
    taken(cluster)
    answer(cluster, readyToUse=False, error={"message": "no space"})

    (soon,) = taken(cluster, NOW + dt.timedelta(hours=24))
    (late,) = taken(cluster, NOW + dt.timedelta(hours=24, seconds=1))

    assert (soon.state, late.state, late.why) == ("waiting", "late", "no space")
    assert hindrance([soon, late], hooked=False) is late
    assert hindrance([late], hooked=True) is None


def test_ready_snapshot_that_would_go_with_the_namespace_is_no_copy():
    cluster = Cluster(claim(), volume(), snapshot_class())
    taken(cluster)
    answer(cluster, policy="Delete", readyToUse=True)

    (found,) = taken(cluster)

    assert found.state == "waiting"
    assert "its deletionPolicy is Delete" in found.why


@pytest.mark.parametrize("note", ["soon", "2027-08-01T00:00:00"])
def test_note_that_is_no_moment_makes_nobody_late(note):
    cluster = Cluster(claim(), volume(), snapshot_class())
    taken(cluster)
    cluster.things[SNAPSHOT, HOME, NAME]["metadata"]["annotations"]["sen.gov.vn/asked-at"] = note

    assert taken(cluster, NOW + dt.timedelta(days=9))[0].state == "waiting"


def test_of_classes_that_keep_the_usual_one_is_taken_and_of_others_none():
    usual = {"snapshot.storage.kubernetes.io/is-default-class": "true"}
    others = (
        snapshot_class("a-deletes", "Delete", **usual),
        snapshot_class("b-other", driver="x"),
        snapshot_class("c-keeps"),
        snapshot_class("d-usual", **usual),
    )

    (found,) = taken(Cluster(claim(), volume(), *others))
    (second,) = taken(Cluster(claim(), volume(), *others[:3]))

    assert (found.snapshot_class, second.snapshot_class) == ("d-usual", "c-keeps")


@pytest.mark.parametrize(
    ("things", "why"),
    [
        ([claim(phase="Pending"), volume(), snapshot_class()], "the claim is Pending"),
        ([claim(), volume(hostPath={}), snapshot_class()], "of no CSI driver"),
        ([claim(), snapshot_class()], "of no CSI driver"),
        ([claim(), volume()], f"no VolumeSnapshotClass of {DRIVER}"),
        ([claim(), volume(), snapshot_class(policy="Delete")], "keeps would delete its snapshot"),
        (
            [claim(**{"sen.gov.vn/not-copied": "bản sao đã có"}), volume(), snapshot_class()],
            "left out by its people: bản sao đã có",
        ),
    ],
)
def test_what_cannot_be_copied_says_why_and_holds_nothing_up(things, why):
    cluster = Cluster(*things)

    (found,) = taken(cluster)

    assert found.state == "none"
    assert why in found.why
    assert hindrance([found], hooked=False) is None
    assert cluster.each(SNAPSHOT) == []


def test_cluster_without_snapshots_is_asked_for_none():
    (found,) = taken(Memory(claim(), volume(), snapshot_class()))

    assert (found.state, found.why) == ("none", "the cluster knows no volume snapshots")
