"""Nothing is removed before its volumes are copied and its archive is kept, and it says why."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from sen.errors import MissingPartError
from sen.operator import life as module
from sen.tenancy.life.snapshot import CLASS, CONTENT, SNAPSHOT, VOLUME
from stacks.problem import Problem
from tests.sen.operator.cluster import request
from tests.sen.operator.test_life import (
    NAMESPACE,
    START,
    TENANT,
    Country,
    acts,
    at_once,
    phase,
    said,
)
from tests.sen.tenancy.life.namespace import CLAIM, thing

__all__ = ["at_once"]
ENDS = (START.astimezone().date() + dt.timedelta(days=10)).isoformat()


class Bucket:
    """A bucket that may be away, or lose what it is given."""

    bucket = "evidence"

    def __init__(self):
        self.kept, self.away, self.loses = {}, False, ""

    def answers(self):
        if self.away:
            problem = Problem("evidence-bucket", self.bucket, {"reason": "nobody answers"})
            raise MissingPartError(problem)

    def put(self, key, content, now):
        self.put_new(key, content, now)

    def put_new(self, key, content, now):
        self.answers()
        return self.kept.setdefault(key, b"" if self.loses in key.split("/") else content)

    def get(self, key):
        self.answers()
        return self.kept[key]


@pytest.fixture
def country(tmp_path):
    """A country whose archives go to a bucket, with a tenant that has a volume and ended."""
    things = (
        thing(CLAIM, "data", spec={"volumeName": "pv"}, status={"phase": "Bound"}),
        thing(VOLUME, "pv", namespace=None, spec={"csi": {"driver": "csi.example.vn"}}),
        thing(CLASS, "keeps", namespace=None, driver="csi.example.vn", deletionPolicy="Retain"),
        thing(SNAPSHOT, "of-the-team", spec={"source": {}}),
    )
    made, bucket = Country(tmp_path, *things), Bucket()
    made.bucket = lambda: bucket
    made.cluster.put(request("portal", ends=ENDS))
    made.approve()
    made.look()
    made.days(11)
    made.days(30)
    return made


def snapshot(country):
    return country.memory.get(SNAPSHOT, f"sen-end-{ENDS}-data", TENANT)


def copy(country):
    """Play the controller of snapshots."""
    status = {"readyToUse": True, "boundVolumeSnapshotContentName": "c", "restoreSize": "5Gi"}
    country.memory.put({**snapshot(country), "status": status})
    content = {"deletionPolicy": "Retain"}
    held = {"snapshotHandle": "s-1"}
    country.memory.put(thing(CONTENT, "c", namespace=None, spec=content, status=held))


def words(country):
    found = country.tenant["status"]["conditions"]
    return next(each["message"] for each in found if each["type"] == "Ending")


def is_there(country):
    return country.memory.get(NAMESPACE, TENANT) is not None


def test_it_waits_for_the_snapshot_and_hands_its_handle_over(country):
    waits = said(country, "Ending"), is_there(country)
    copy(country)
    country.days(1)

    assert waits == (("True", "SnapshotWaits"), True)
    assert phase(country)[0] == "Offboarded"
    (record,) = acts(country, "tenant.export")
    (volume,) = record.data["volumes"]
    assert (volume["handle"], volume["restore_size"], volume["snapshot_class"]) == (
        "s-1",
        "5Gi",
        "keeps",
    )
    (kept,) = [v for k, v in country.bucket().kept.items() if k.endswith("volumes.json")]
    assert json.loads(kept)[0]["handle"] == "s-1"
    assert country.memory.get(CONTENT, "c") is not None


def test_snapshot_that_is_late_is_told_and_holds_the_end_until_people_say_otherwise(country):
    status = {"error": {"message": "no space"}}
    country.memory.put({**snapshot(country), "status": status})
    country.days(2)
    late = said(country, "Ending"), words(country), is_there(country)

    claim = country.memory.get(CLAIM, "data", TENANT)
    country.memory.patch(
        claim, {"metadata": {"annotations": {"sen.gov.vn/not-copied": "đã có bản khác"}}}
    )
    country.days(1)

    assert late[::2] == (("True", "SnapshotLate"), True)
    assert "no space" in late[1]
    assert phase(country)[0] == "Offboarded"
    (record,) = acts(country, "tenant.export")
    (missing,) = record.data["missing"]
    assert "PersistentVolumeClaim/data: not copied (left out by its people: đã có" in missing


def test_while_the_bucket_is_away_nothing_is_removed_and_it_goes_on_by_itself(country):
    copy(country)
    country.bucket().away = True
    country.days(3)
    waits = said(country, "Ending"), words(country), is_there(country), country.tenant["spec"]

    country.bucket().away = False
    country.look()
    country.days(1)

    assert waits[::2] == (("True", "ArchiveWaits"), True)
    assert "nobody answers" in waits[1]
    assert "closed_at" not in waits[3]
    assert acts(country, "tenant.export")[0].data["bucket"] == "evidence"
    assert phase(country)[0] == "Offboarded"


def test_what_reads_back_otherwise_closes_nothing(country):
    copy(country)
    country.bucket().loses = "counts.json"

    country.days(1)

    assert said(country, "Ending") == ("True", "ArchiveWaits")
    assert "counts.json" in words(country)
    assert is_there(country)
    assert acts(country, "tenant.export") == []


def test_bucket_that_is_away_after_the_removal_is_waited_for_and_the_end_is_recorded(
    country, monkeypatch
):
    copy(country)
    remove = country.remove

    def then_away(*given):
        remove(*given)
        country.bucket().away = True

    monkeypatch.setattr(country, "remove", then_away)
    country.days(2)
    waits = said(country, "Ending"), acts(country, "tenant.offboard")
    country.bucket().away = False
    country.days(1)

    assert waits == (("True", "ArchiveWaits"), [])
    (record,) = acts(country, "tenant.offboard")
    prefix = f"offboarding/H26/{TENANT}/{ENDS}/{record.data['sha256'][:16]}"
    assert f"{prefix}/report.json" in country.bucket().kept
    assert phase(country)[0] == "Offboarded"
    assert "ArchiveWaits" in module.AGAIN
