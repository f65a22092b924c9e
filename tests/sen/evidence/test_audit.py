"""The audit log comes into the chain once, whole and marked, however it is cut, rotated, torn."""

import gzip
import json
import uuid
from datetime import UTC, datetime

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from sen.cli import evidence
from sen.errors import MissingPartError
from sen.evidence import Chain, audit
from sen.evidence.audit import Memory, governed, take
from sen.evidence.audit_log import Place, parts
from sen.evidence.place import chain_of
from sen.evidence.verification import verify
from sen.local.platform import Platform
from tests.platform_fixture import as_admin

RBAC = "rbac.authorization.k8s.io"
OURS = "sen.gov.vn"
PULUMI = "pulumi-kubernetes/v4 (linux/amd64)"
KUBECTL = "kubectl/v1.36.3 (linux/amd64)"
PYTHON = "OpenAPI-Generator/37.0.1/python"
LABELLED = {"metadata": {"labels": {"sen.gov.vn/agency": "H26"}}}


def line(number=0, verb="create", user="sen:admin", agent=KUBECTL, **changed):
    """Give a line as the API server writes it; a test changes what its case is about."""
    ref = {"resource": "roles", "apiGroup": RBAC, "namespace": "n", "name": f"r{number}"}
    query = changed.pop("query", "")
    event = {
        "stage": "ResponseComplete",
        "auditID": f"id-{number}",
        "requestURI": f"/apis/x{query}",
        "verb": verb,
        "user": {"username": user, "groups": ["system:authenticated"]},
        "userAgent": agent,
        "objectRef": ref | changed.pop("ref", {}),
        "responseStatus": {"code": changed.pop("code", 201)},
        "requestReceivedTimestamp": f"2026-11-22T10:00:{number % 60:02}.000000Z",
        **changed,
    }
    return json.dumps(event, separators=(",", ":")).encode() + b"\n"


def in_namespace(number, namespace="h26-portal-staging", **changed):
    ref = {"resource": "configmaps", "apiGroup": "", "namespace": namespace}
    return line(number, ref=ref, **changed)


def namespace(number, name="h26-portal-staging", body=LABELLED, **changed):
    ref = {"resource": "namespaces", "apiGroup": "", "namespace": name, "name": name}
    return line(number, ref=ref, requestObject=body, **changed)


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "audit"
    folder.mkdir()
    return Chain(tmp_path / "evidence" / "chain.jsonl"), folder / "audit.log"


def taken(place, *lines, **given):
    chain, log = place
    log.write_bytes(b"".join(lines))
    take(chain, log, **given)
    return list(chain.records())


def rotate(log, stamp, *, packed):
    aside = log.with_name(f"audit-{stamp}.log")
    log.rename(aside)
    if packed:
        aside.with_name(f"{aside.name}.gz").write_bytes(gzip.compress(aside.read_bytes()))
        aside.unlink()
    return aside


def test_record_names_who_what_and_how_it_ended_but_no_content(place):
    secret = {"metadata": {"name": "r1"}, "data": {"password": "Zm9vYmFy"}}

    (record,) = taken(place, line(1, user="an", code=403, requestObject=secret))

    assert (record.act, record.by, record.about) == ("api.create", "an", "n")
    assert record.data["audit_id"] == "id-1"
    assert record.data["object"] == f"roles.{RBAC}/r1"
    assert record.data["groups"] == ["system:authenticated"]
    assert (record.data["code"], record.data["outside"]) == (403, True)
    assert "Zm9vYmFy" not in json.dumps(record.data)


def test_only_changes_of_what_is_governed_count(place):
    other = {"resource": "pods", "apiGroup": ""}
    crd = {"resource": "customresourcedefinitions", "apiGroup": "apiextensions.k8s.io"}

    records = taken(
        place,
        line(1, verb="get"),
        line(2, stage="ResponseStarted"),
        line(3, ref=other),
        line(4, query="?dryRun=All"),
        line(5, ref={"resource": "tenants", "apiGroup": OURS, "name": "yes-5"}),
        line(6, ref={"apiGroup": "admissionregistration.k8s.io", "name": "yes-6"}),
        line(7, ref=crd | {"name": "tenants.sen.gov.vn"}),
        line(8, ref=crd | {"name": "widgets.example.org"}),
        line(9, verb="deletecollection"),
        line(10, ref={"resource": "leases", "apiGroup": "coordination.k8s.io"}),
    )

    assert [each.data["audit_id"] for each in records] == ["id-5", "id-6", "id-7", "id-9"]


def test_what_is_in_an_agencys_namespace_counts_from_its_label_on(place):
    patch = [{"op": "add", "path": "/metadata/labels/sen.gov.vn~1agency", "value": "H26"}]

    records = taken(
        place,
        in_namespace(1),
        namespace(2, code=409),
        in_namespace(3),
        namespace(4),
        in_namespace(5),
        in_namespace(6, "other"),
        namespace(7, "other", verb="patch", body=patch),
        in_namespace(8, "other"),
        namespace(9, "plain", body={}),
        in_namespace(10, "plain"),
    )

    assert [each.data["audit_id"][3:] for each in records] == ["2", "4", "5", "7", "8", "9"]
    assert records[2].about == "h26-portal-staging"


def test_namespaces_that_the_cluster_knows_count_too(place):
    assert len(taken(place, in_namespace(1), governed={"h26-portal-staging"})) == 1


STATUS = {"apiGroup": OURS, "resource": "tenantrequests", "subresource": "status"}
GC = "system:serviceaccount:kube-system:generic-garbage-collector"


@pytest.mark.parametrize(
    ("given", "outside"),
    [
        ({"agent": PULUMI}, False),
        ({"query": "?fieldManager=pulumi-kubernetes-1f2e&force=true"}, False),
        ({"query": "?fieldManager=sen"}, False),
        ({"user": GC, "agent": "kube-controller-manager/v1.36.3"}, False),
        ({"user": "system:serviceaccount:sen-system:sen-operator"}, False),
        ({"user": "sen:founder", "query": "?fieldManager=sen-local", "agent": ""}, False),
        ({"agent": PYTHON, "ref": {"apiGroup": OURS, "resource": "tenants"}}, False),
        ({}, True),
        ({"user": "an", "agent": PULUMI}, True),
        ({"user": "an", "query": "?fieldManager=sen"}, True),
        ({"user": GC}, True),
        ({"agent": PYTHON, "ref": {"apiGroup": OURS, "resource": "approvals"}}, True),
        ({"user": "an", "ref": STATUS}, True),
        ({"user": "sen:founder"}, True),
    ],
    ids=str,
)
def test_who_is_not_the_platform_is_outside(place, given, outside):
    (record,) = taken(place, line(1, **given))

    assert record.data["outside"] is outside


def test_platforms_own_status_writes_are_left_out(place):
    assert taken(place, line(1, agent=PYTHON, ref=STATUS)) == []


def test_dry_run_hides_no_command_that_does_not_know_the_word(place):
    exec_ = {"resource": "pods", "apiGroup": "", "subresource": "exec"}

    records = taken(place, line(1, query="?command=sh&dryRun=All", ref=exec_), governed={"n"})

    assert records[0].data["object"] == "pods/r1/exec"


def test_records_stand_in_the_order_of_requests(place):
    records = taken(place, line(3), line(1), line(2))

    assert [each.data["audit_id"] for each in records] == ["id-1", "id-2", "id-3"]


def test_second_call_adds_nothing_and_reads_nothing(place):
    chain, log = place
    taken(place, line(1), line(1), line(2))

    again = take(chain, log)

    assert (again.lines, again.records, len(list(chain.records()))) == (0, 0, 2)
    assert verify(chain.lines()).sound


def test_audit_id_that_a_caller_chose_again_hides_nothing(place):
    records = taken(place, line(1), line(2, auditID="id-1"))

    assert [each.data["audit_id"] for each in records] == ["id-1", "id-1"]


def test_killed_between_records_and_memory_adds_nothing_twice(place, monkeypatch):
    chain, log = place
    taken(place, line(1))

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Memory, "save", die)
        with pytest.raises(KeyboardInterrupt):
            taken(place, line(1), line(2), line(3))
    with log.open("ab") as file:
        file.write(line(4))

    assert take(chain, log).records == 1
    assert [each.data["audit_id"][3:] for each in chain.records()] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("memory", [None, b"{", b"[]", b'{"place":{"head":1,"x":2}}'])
def test_lost_memory_costs_a_second_reading_only(place, memory):
    chain, log = place
    taken(place, namespace(1), in_namespace(2))
    file = chain.path.with_name("audit.json")
    file.unlink() if memory is None else file.write_bytes(memory)

    again = take(chain, log)

    assert (again.lines, again.records) == (2, 0)


def test_chain_that_was_begun_anew_gets_all_again(place):
    chain, log = place
    taken(place, line(1), line(2))
    chain.path.unlink()

    assert take(chain, log).records == 2


def test_torn_last_line_waits_for_its_end(place):
    chain, log = place
    whole = line(2)

    assert len(taken(place, line(1), whole[:40])) == 1
    with log.open("ab") as file:
        file.write(whole[40:])

    assert take(chain, log).records == 1
    assert [each.data["audit_id"] for each in chain.records()] == ["id-1", "id-2"]


@pytest.mark.parametrize("bad", [line(2)[:40] + line(3), b"[]\n", b"\xff\n", b"[" * 9999 + b"\n"])
def test_line_that_cannot_be_read_is_told_and_the_others_go_on(place, bad):
    records = taken(place, line(1), bad, line(4))

    unread = [each for each in records if each.act == "api.unreadable"]
    assert [each.data["bytes"] for each in unread] == [len(bad)]
    assert (len(records), unread[0].data["outside"]) == (3, True)


def test_hostile_words_of_a_caller_stop_nothing(place):
    (record,) = taken(place, hostile_line({"groups": 7, "username": None}))

    assert (record.by, record.data["code"], record.data["groups"]) == ("unknown", 0, [])
    assert len(record.data["agent"]) == 200


def hostile_line(user):
    event = json.loads(line(1, agent="\ud800" + "x" * 9999))
    event |= {"user": user, "responseStatus": [], "requestURI": "http://[bad"}
    return json.dumps(event).encode() + b"\n"


@pytest.mark.parametrize("packed", [False, True])
def test_reading_goes_on_where_it_was_in_a_file_that_was_set_aside(place, packed):
    chain, log = place
    taken(place, line(1))
    with log.open("ab") as file:
        file.write(line(2))
    rotate(log, "2026-11-22T10-00-00.000", packed=packed)
    log.write_bytes(line(3))
    rotate(log, "2026-11-22T11-00-00.000", packed=packed)
    log.write_bytes(line(4))

    assert take(chain, log).lines == 3
    assert [each.data["audit_id"][3:] for each in chain.records()] == ["1", "2", "3", "4"]


def test_file_that_is_just_being_packed_is_read_from_its_plain_half(place):
    chain, log = place
    log.write_bytes(line(1))
    aside = rotate(log, "2026-11-22T10-00-00.000", packed=False)
    aside.with_name(f"{aside.name}.gz").write_bytes(gzip.compress(line(1))[:9])
    log.write_bytes(line(2))

    assert take(chain, log).records == 2


def test_file_that_is_gone_leaves_a_gap_that_is_told_once(place):
    chain, log = place
    taken(place, line(1))
    log.write_bytes(line(2))

    take(chain, log)
    take(chain, log)

    assert [each.act for each in chain.records()] == ["api.create", "api.gap", "api.create"]


def test_file_that_is_renamed_while_it_is_listed_is_found_again(place, monkeypatch):
    _, log = place
    log.write_bytes(line(1))
    names = [[log.with_name("audit-1.log")], []]
    monkeypatch.setattr("sen.evidence.audit_log._rotated", lambda _: names.pop(0))

    assert [part.lines for part in parts(log, Place())] == [(line(1),)]


def test_no_log_and_a_broken_one_are_told(place):
    chain, log = place
    with pytest.raises(MissingPartError, match="no audit log"):
        take(chain, log)
    log.write_bytes(b"")
    log.with_name("audit-1.log.gz").write_bytes(gzip.compress(line(1))[:20])
    with pytest.raises(MissingPartError, match="cannot be read"):
        take(chain, log)


def test_two_calls_at_once_wait_for_each_other(place, monkeypatch):
    chain, log = place
    taken(place, line(1))
    monkeypatch.setattr(audit, "LOCK_SECONDS", 0.01)

    with FileLock(chain.path.with_name("audit.json.lock")), pytest.raises(MissingPartError):
        take(chain, log)


def test_since_takes_the_later_requests_and_keeps_the_others_for_another_call(place):
    chain, log = place
    half = datetime(2026, 11, 22, 10, 0, 2, tzinfo=UTC)

    late = taken(place, line(1), line(2), line(3, requestReceivedTimestamp="?"), since=half)
    take(chain, log)

    assert [each.data["audit_id"] for each in late] == ["id-2", "id-3"]
    assert [each.data["audit_id"][3:] for each in chain.records()] == ["2", "3", "1"]


LOG = b"".join(
    [
        line(5),
        in_namespace(1),
        namespace(4),
        in_namespace(3),
        line(6, verb="get"),
        b"no json\n",
        in_namespace(8, user="an"),
        line(7, auditID="id-5"),
    ]
)


def contents(chain):
    return sorted(
        (each.act, each.by, each.about, json.dumps(each.data, sort_keys=True))
        for each in chain.records()
    )


@given(cut=st.integers(0, len(LOG)), rotated=st.booleans(), packed=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_cut_of_the_log_into_two_calls_gives_the_same_records(
    tmp_path_factory, cut, rotated, packed
):
    folder = tmp_path_factory.mktemp("cut")
    log, whole = folder / "audit.log", Chain(folder / "whole" / "chain.jsonl")
    log.write_bytes(LOG)
    take(whole, log)
    log.unlink()
    chain = Chain(folder / "cut" / "chain.jsonl")

    log.write_bytes(LOG[:cut])
    take(chain, log)
    log.write_bytes(LOG)
    if rotated:
        rotate(log, "2026-11-22T10-00-00.000", packed=packed)
        log.write_bytes(b"")
    take(chain, log)

    assert contents(chain) == contents(whole)


def test_lines_are_read_in_parts_that_give_all(place):
    _, log = place
    log.write_bytes(LOG)

    read = list(parts(log, Place(), at_once=3))

    assert b"".join(each for part in read for each in part.lines) == LOG
    assert [len(part.lines) for part in read] == [3, 3, 2]
    assert read[-1].place.offset == len(LOG)


def test_platform_that_does_not_answer_knows_no_namespaces(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    assert governed(Platform("away")) == frozenset()


def test_platform_that_never_was_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    found = CliRunner().invoke(evidence.app, ["audit", "--name", "away"])

    assert isinstance(found.exception, MissingPartError)


@pytest.mark.platform
def test_change_by_hand_appears_as_outside_on_a_real_platform(platform):
    name = f"h26-{uuid.uuid4().hex[:8]}-staging"
    labels = {"sen.gov.vn/agency": "H26"}
    home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    note = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "by-hand"}}
    admin = as_admin(platform)
    assert admin.ask("POST", "/api/v1/namespaces?fieldManager=sen", home)[0] == 201
    try:
        assert admin.ask("POST", f"/api/v1/namespaces/{name}/configmaps", note)[0] == 201
    finally:
        admin.ask("DELETE", f"/api/v1/namespaces/{name}")

    assert run("audit", platform).endswith("from outside\n")
    shown = json.loads(run("show", platform, "--act", "api", "--about", name, "-o", "json"))
    outside = run(
        "show", platform, "--act", "api", "--outside", "--about", name, "-o", "json", "--last", "9"
    )

    objects = [(each["act"], each["data"]["object"]) for each in json.loads(outside)]
    assert ("api.create", "configmaps/by-hand") in objects
    assert ("api.create", f"namespaces/{name}") not in objects
    assert ("api.create", f"namespaces/{name}") in [
        (each["act"], each["data"]["object"]) for each in shown
    ]
    ids = [r.data["line"] for r in chain_of(platform).records() if r.act.startswith("api.")]
    assert len(ids) == len(set(ids))
    assert verify(chain_of(platform).lines()).sound


def run(command, platform, *words):
    found = CliRunner().invoke(evidence.app, [command, *words, "--name", platform.name])
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert found.exit_code == 0, found.output
    return found.stdout
