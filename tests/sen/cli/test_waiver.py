"""`sen waiver`: granting, ending, listing and counting, on a file that people also edit by hand."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from policies.gates.admission_waiver import ANNOTATION, DAY_ANNOTATION
from policies.waiver import load_register
from sen.cli.waiver import VIETNAMESE
from sen.local.platform import Platform
from sen.waivers import ledger, reading

HEAD = "# The waivers of the ministry.\n"
FIRST = """\
- id: W-2026-001
  rule: no-host-path
  object: {kind: apps/Deployment, namespace: h26-portal-staging, name: web}   # the scanner
  level: 3
  reason: the scanner reads its key from the node
  owner: Nguyễn Văn An
  approver: Trần Thị Bình
  start: 2026-11-01
  end: 2026-12-10   # agreed in May
  # The measure was seen on site.
  compensating: mounted read-only
"""
FLOW = (
    "- {id: W-2026-007, rule: no-host-path, object: {kind: /Pod, namespace: sen-system, name: one},"
    " level: 5, reason: too old, owner: An, approver: Binh, start: 2026-11-01, end: 2026-11-30,"
    " compensating: watched}"
)
TODAY = ("--today", "2026-11-22")
PARTS = {
    "rule": "no-public-service",
    "kind": "/Service",
    "namespace": "h26-portal-staging",
    "name": "web",
    "level": "3",
    "reason": "khách ngoài mạng cần truy cập",
    "owner": "Nguyễn Văn An",
    "approver": "Trần Thị Bình",
    "end": "2027-02-21",
    "compensating": "chặn ở tường lửa",
}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    file = tmp_path / "waivers.yaml"
    file.write_text(HEAD + FIRST + FLOW, "utf-8")
    return file


def options(**changed: str | None) -> list[str]:
    given = {**PARTS, **changed}
    return [word for key, each in given.items() if each is not None for word in (f"--{key}", each)]


def add(sen, book, **changed):
    return sen("waiver", "add", *options(**changed), "--register", book, *TODAY, "-o", "json")


def test_added_waiver_stands_at_the_end_and_all_else_as_it_was(sen, book):
    before = book.read_text("utf-8")

    said = add(sen, book)

    after = book.read_text("utf-8")
    assert said.code == 0, said.err
    assert after.startswith(f"{before}\n- id: W-2026-008\n")
    assert "khách ngoài mạng cần truy cập" in after
    (row,) = json.loads(said.out)
    assert (row["id"], row["state"], row["start"]) == ("W-2026-008", "active", "2026-11-22")
    assert row["days left"] == 92


def test_first_waiver_of_a_register_of_comments_only(sen, tmp_path):
    book = tmp_path / "waivers.yaml"
    book.write_text(HEAD, "utf-8")

    said = add(sen, book, start="2026-12-01")

    assert said.code == 0, said.err
    assert book.read_text("utf-8").startswith(f"{HEAD}- id: W-2026-001\n")
    assert load_register(book).waivers[0].start.isoformat() == "2026-12-01"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"rule": "no-such-rule"}, "no-such-rule"),
        ({"name": "web*"}, "wildcard"),
        ({"approver": "nguyễn văn an"}, "approves"),
        ({"end": "2028-01-01"}, "12 months"),
        ({"end": "soon"}, "2026-11-22"),
        ({"end": "2026-11-01"}, "before it starts"),
        ({"id": "W-2026-001"}, "twice"),
        ({"reason": ""}, "reason"),
        (
            {"rule": "no-host-path", "kind": "apps/Deployment", "id": "W-9"},
            "W-2026-001 holds on some of the same days",
        ),
    ],
)
def test_what_the_register_refuses_is_not_written(sen, book, changed, words):
    before = book.read_bytes()

    said = add(sen, book, **changed)

    assert said.code == 2
    assert words in said.err
    assert book.read_bytes() == before
    assert [each.name for each in book.parent.iterdir()] == ["waivers.yaml"]


def test_nothing_is_half_written_when_the_disk_fails(sen, book, monkeypatch):
    before = book.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        add(sen, book)

    assert book.read_bytes() == before
    assert [each.name for each in book.parent.iterdir()] == ["waivers.yaml"]


def test_register_that_is_one_flow_list_is_left_alone(sen, tmp_path):
    book = tmp_path / "waivers.yaml"
    book.write_text("[]\n", "utf-8")

    said = add(sen, book)

    assert said.code == 2
    assert book.read_text("utf-8") == "[]\n"


@pytest.mark.parametrize("name", ["W-2026-001", "W-2026-007"])
def test_expired_waiver_keeps_its_record_and_every_comment(sen, book, name):
    before = book.read_text("utf-8").splitlines()

    said = sen("waiver", "expire", name, "--register", book, *TODAY, "-o", "json")

    after = book.read_text("utf-8")
    assert said.code == 0, said.err
    (row,) = json.loads(said.out)
    assert (row["state"], row["ended"], row["days left"]) == ("expired", "2026-11-22", 0)
    lines = [each for each in after.splitlines() if each != "  ended: 2026-11-22"]
    assert [each.replace(", ended: 2026-11-22", "") for each in lines] == before
    assert after.count("ended: 2026-11-22") == 1
    assert [each.id for each in load_register(book).waivers] == ["W-2026-001", "W-2026-007"]


def test_waiver_that_has_ended_or_never_was_is_refused(sen, book):
    sen("waiver", "expire", "W-2026-001", "--register", book, *TODAY)
    before = book.read_bytes()

    again = sen("waiver", "expire", "W-2026-001", "--register", book, *TODAY)
    late = sen("waiver", "expire", "W-2026-007", "--register", book, "--today", "2026-12-01")
    none = sen("waiver", "expire", "W-1", "--register", book, *TODAY)

    assert [each.code for each in (again, late, none)] == [1, 1, 1]
    assert "2026-11-21" in again.err
    assert "sen waiver list" in none.err
    assert book.read_bytes() == before


def test_list_says_days_left_and_what_has_expired(sen, book):
    def listed(day, *words):
        said = sen("waiver", "list", "--register", book, "--today", day, "-o", "json", *words)
        return {row["id"]: (row["days left"], row["state"]) for row in json.loads(said.out)}

    assert listed("2026-11-30") == {"W-2026-001": (11, "active"), "W-2026-007": (1, "active")}
    assert listed("2026-12-01")["W-2026-007"] == (0, "expired")
    assert listed("2026-10-01")["W-2026-001"] == (71, "not begun")
    assert set(listed("2026-12-01", "--active")) == {"W-2026-001"}


def test_report_counts_by_rule_agency_and_level(sen, book, tmp_path):
    findings = tmp_path / "findings.jsonl"
    findings.write_text(
        '{"rule": "no-host-path", "waiver": "W-2026-001"}\n{"rule": "x"}\n', "utf-8"
    )

    said = sen("waiver", "report", "--register", book, *TODAY, "--findings", findings, "-o", "yaml")

    rows = {(row["by"], row["name"]): row for row in yaml.safe_load(said.out)}
    everything = rows["all", ""]
    assert (everything["waivers"], everything["active"], everything["expired"]) == (2, 2, 0)
    assert (everything["used"], everything["unused"]) == (1, 1)
    assert everything["expiring in 30 days"] == 2
    assert rows["rule", "no-host-path"]["waivers"] == 2
    assert rows["agency", "H26"]["used"] == 1
    assert rows["agency", "-"]["used"] == 0
    assert {name for by, name in rows if by == "level"} == {3, 5}


class FakeCluster:
    """Answers for tenants, of which one was handed on, and knows no waivers."""

    def __init__(self, tenants_status):
        self.name, self.tenants_status = "cluster", tenants_status

    def get(self, path, query):
        handed = {"to": "H29", "request": "h29-desk-production/x", "on": "2026-11-20"}
        left = {"namespace": "h26-portal-staging", "agency": "H26", "handed": handed}
        now = {"namespace": "h26-portal-staging", "agency": "H29"}
        items = [{"spec": each} for each in (left, now)] if path.endswith("/tenants") else []
        status = self.tenants_status if path.endswith("/tenants") else 200
        body = {"items": items, "metadata": {}, "message": "may not"}
        return SimpleNamespace(status=status, read=lambda: body)


@pytest.mark.parametrize(("status", "agency"), [(200, "H29"), (403, "H26"), (404, "H26")])
def test_report_counts_for_who_holds_a_tenant_now_as_far_as_the_cluster_says(
    sen, book, monkeypatch, status, agency
):
    monkeypatch.setattr(reading, "connection", lambda *_: FakeCluster(status))

    said = sen(
        *("waiver", "report", "--register", book, *TODAY, "-o", "json", "--kubeconfig", book)
    )

    counted = {row["name"]: row["waivers"] for row in json.loads(said.out) if row["by"] == "agency"}
    assert counted == {agency: 1, "-": 1}
    assert ("tenants could not be read (may not)" in said.err) == (status == 403)


def test_report_without_findings_says_nothing_of_use(sen, book):
    said = sen("waiver", "report", "--register", book, "--today", "2026-11-02", "-o", "json")

    (everything, *_) = json.loads(said.out)
    assert (everything["used"], everything["unused"]) == (None, None)
    assert everything["expiring in 30 days"] == 1


def test_findings_may_stand_in_one_list(sen, book, tmp_path):
    findings = tmp_path / "findings.json"
    findings.write_text('[{"waiver": "W-2026-007"}]', "utf-8")

    said = sen("waiver", "report", "--register", book, *TODAY, "--findings", findings, "-o", "json")

    assert json.loads(said.out)[0]["used"] == 1


@pytest.mark.parametrize("content", ["nonsense", "[1]", "1\n"])
def test_file_without_findings_is_refused(sen, book, tmp_path, content):
    findings = tmp_path / "findings"
    findings.write_text(content, "utf-8")

    said = sen("waiver", "report", "--register", book, "--findings", findings)

    assert said.code == 2
    assert "findings" in said.err


def test_tables_speak_the_readers_language(sen, book, monkeypatch):
    monkeypatch.setenv("SEN_LANG", "vi")
    listed = sen("waiver", "list", "--register", book, *TODAY)
    counted = sen("waiver", "report", "--register", book, *TODAY)
    data = sen("waiver", "list", "--register", book, *TODAY, "-o", "json")

    assert "đang hiệu lực" in listed.out
    assert "cơ quan" in counted.out
    assert json.loads(data.out)[0]["state"] == "active"
    assert len(set(VIETNAMESE.values())) == len(VIETNAMESE)


def test_check_counts_or_says_what_is_wrong(sen, book):
    good = sen("waiver", "check", "--register", book, "-o", "json")
    book.write_text(FIRST.replace("Trần Thị Bình", "Nguyễn Văn An"), "utf-8")
    bad = sen("waiver", "check", "--register", book)

    assert (good.code, json.loads(good.out)) == (0, [{"waivers": 2}])
    assert bad.code == 2
    assert "W-2026-001: nobody approves" in bad.err


def test_sync_needs_a_platform(sen, book, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    assert sen("waiver", "sync", "--name", "nowhere", "--register", book).code == 3
    gone = sen("waiver", "sync", "--kubeconfig", tmp_path / "none", "--register", book)
    assert gone.code == 3


@pytest.mark.platform
def test_sync_writes_what_holds_today_and_nothing_else(sen, book, platform: Platform, api):
    where = ("--kubeconfig", platform.kubeconfig, "--context", platform.context)

    def kept():
        status, body = api.ask("GET", "/api/v1/namespaces/kube-system")
        assert status == 200
        return json.loads(body)["metadata"]["annotations"]

    said = sen("waiver", "sync", "--register", book, *TODAY, *where, "-o", "json")
    both = kept()
    sen("waiver", "sync", "--register", book, "--today", "2026-12-01", *where)
    one = kept()
    sen("waiver", "sync", "--register", book, "--today", "2027-12-01", *where)

    assert json.loads(said.out) == [{"waivers": 2, "active": 2}]
    assert len(both[ANNOTATION].splitlines()) == 2
    assert one[ANNOTATION].split()[2] == "web"
    assert one[DAY_ANNOTATION] == "2026-12-01"
    assert kept()[ANNOTATION] == ""
