"""What is handed over holds all that there is but secrets, and what lies elsewhere ends too."""

import datetime as dt
import json

import pytest

from sen.errors import RefusedError
from sen.evidence.chain import Chain
from sen.evidence.record import Act
from sen.tenancy.life import elsewhere
from sen.tenancy.life.archive import verify
from sen.tenancy.life.export import Papers, export
from sen.tenancy.life.hook import Hook
from sen.tenancy.life.objects import Kind
from sen.tenancy.life.papers import about, accesses
from sen.tenancy.life.snapshot import Copy
from stacks.problem import Problem
from tests.sen.tenancy.life.namespace import CLAIM, SECRET, STATEFUL_SET, Memory, thing

HOME, TODAY = "h26-portal-staging", dt.date(2027, 7, 1)
INGRESS = Kind("networking.k8s.io/v1", "Ingress")
SNAPSHOT = Kind("snapshot.storage.k8s.io/v1", "VolumeSnapshot")
SIZE = {"resources": {"requests": {"storage": "5Gi"}}}


def tenant(*more):
    source = {"source": {"persistentVolumeClaimName": "kept"}}
    return Memory(
        thing(CLAIM, "data", spec=SIZE),
        thing(CLAIM, "kept", spec=SIZE),
        thing(SNAPSHOT, "kept-1", spec=source),
        thing(STATEFUL_SET, "db"),
        thing(SECRET, "password", data={"key": "c2VjcmV0"}, type="Opaque"),
        thing(INGRESS, "web", spec={"rules": [{"host": "portal.example.vn"}]}),
        *more,
    )


def read(folder, name):
    return json.loads((folder / name).read_text("utf-8"))


def test_archive_names_what_nobody_declared(tmp_path):
    copies = (Copy("data", "none", "no class"), Copy("kept", "ready", handle="s-1"))

    handed = export(tenant(), HOME, tmp_path / "a", (), Papers(), copies)

    folder = tmp_path / "a"
    assert handed.missing == (
        "PersistentVolumeClaim/data: not copied (no class), no export hook",
        "StatefulSet/db: no dump hook",
    )
    assert read(folder, "dns-names.json") == ["portal.example.vn"]
    assert read(folder, "volumes.json")[1] == {
        "claim": "kept",
        "state": "ready",
        "handle": "s-1",
        "storage": "5Gi",
        "snapshots": ["kept-1"],
    }
    assert (handed.counts["Secret"], list(folder.glob("manifests/*Secret*"))) == (1, [])
    assert "c2VjcmV0" not in "".join(f.read_text() for f in folder.rglob("*") if f.is_file())


def test_with_hooks_nothing_is_missing_and_a_changed_file_is_found(tmp_path):
    hooks = (Hook("dump", "database", "complete"), Hook("copy", "volume", "complete"))

    handed = export(tenant(), HOME, tmp_path / "a", hooks, Papers())
    again = export(tenant(), HOME, tmp_path / "a", hooks, Papers())
    (tmp_path / "a" / "counts.json").write_text("{}")

    assert (handed.missing, handed.digest) == ((), again.digest)
    assert [name for name, whole in verify(tmp_path / "a").items() if not whole] == ["counts.json"]


class Closed(Memory):
    """A cluster where some kinds may not be listed."""

    refused = (SECRET,)

    def each(self, kind, namespace=None):
        if kind in self.refused:
            raise RefusedError(Problem("cluster-refused", "x", {"why": "forbidden"}))
        return super().each(kind, namespace)


def test_who_may_list_no_secrets_hands_over_the_names_that_others_refer_to(tmp_path):
    container = {
        "env": [{"valueFrom": {"secretKeyRef": {"name": "by-key", "key": "k"}}}],
        "envFrom": [{"secretRef": {"name": "whole"}}],
    }
    pod = {"volumes": [{"secret": {"secretName": "file"}}], "containers": [container]}
    template = {"spec": {**pod, "imagePullSecrets": [{"name": "pull"}]}}
    closed = Closed(thing(STATEFUL_SET, "db", spec={"template": template}))

    handed = export(closed, HOME, tmp_path / "a", (), Papers())

    names = [each["name"] for each in read(tmp_path / "a", "secrets.json")]
    assert names == ["by-key", "file", "pull", "whole"]
    assert handed.missing[-1].startswith("Secret: not listed")


def test_archive_that_would_be_short_of_a_kind_is_not_written(tmp_path):
    closed = Closed(thing(INGRESS, "web"))
    closed.refused = (SECRET, INGRESS)

    with pytest.raises(RefusedError, match=r"Ingress \(networking.k8s.io/v1\)"):
        export(closed, HOME, tmp_path / "a", (), Papers())

    assert not (tmp_path / "a").exists()


def test_binding_that_may_not_be_changed_is_left_and_named():
    its = [{"kind": "ServiceAccount", "name": "app", "namespace": HOME}]
    other = {"kind": "Group", "name": "oidc:x"}
    memory = tenant(
        thing(elsewhere.BINDINGS[1], "shared", namespace=None, subjects=[*its, other]),
        thing(elsewhere.BINDINGS[0], "own", namespace="x", subjects=its),
    )

    def refuse(*_):
        raise RefusedError(Problem("cluster-refused", "x", {"why": "forbidden"}))

    memory.patch = refuse
    elsewhere.end(memory, HOME, TODAY)

    assert elsewhere.count(memory, HOME, TODAY)["bindings"] == 1
    assert elsewhere.named_by(memory, HOME) == ["shared"]


def test_openings_bindings_and_waivers_elsewhere_end_with_it():
    peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": HOME}}}
    opened = {"ingress": [{"from": [peer]}]}
    stack = {"labels": {"sen.gov.vn/stack": "tenants-g06"}}
    waiver = {"object": {"namespace": HOME}, "starts": "2027-01-01", "ends": "2027-12-31"}
    memory = tenant(
        thing(elsewhere.POLICY, "by-hand", namespace="x", spec=opened),
        thing(elsewhere.POLICY, "built", namespace="x", spec=opened, meta=stack),
        thing(elsewhere.WAIVER, "w", namespace="desk", spec=waiver),
        thing(elsewhere.WAIVER, "old", namespace="desk", spec={**waiver, "ends": "2027-02-01"}),
        thing(
            elsewhere.BINDINGS[1],
            "all",
            namespace=None,
            subjects=[{"kind": "Group", "name": f"system:serviceaccounts:{HOME}"}],
        ),
    )

    before = elsewhere.end(memory, HOME, TODAY)

    assert before == {"bindings": 1, "agreements": 0, "waivers": 1, "openings": 1}
    assert set(elsewhere.count(memory, HOME, TODAY).values()) == {0}
    assert memory.get(elsewhere.WAIVER, "w", "desk")["spec"]["ended"] == "2027-07-01"
    assert elsewhere.named_by(memory, HOME) == ["x/built"]


def test_only_records_and_accesses_of_the_tenant_are_handed_over(tmp_path):
    chain, log = Chain(tmp_path / "chain.jsonl"), tmp_path / "audit.log"
    chain.append(
        Act("tenant.grant", "op", HOME, {}),
        Act("tenant.grant", "op", "other", {"note": f"not {HOME}"}),
        Act("request.ask", "an", "r", {"request": "desk/portal"}),
    )
    events = [
        {"objectRef": {"namespace": HOME}},
        {"objectRef": {"resource": "namespaces", "name": HOME}},
        {"objectRef": {"namespace": "other"}, "user": HOME},
    ]
    log.write_text("".join(json.dumps(each) + "\n" for each in events) + f'broken "{HOME}"\n')

    found = [json.loads(each)["sequence"] for each in about(chain.lines(), HOME, "desk/portal")]

    assert found == [1, 3]
    assert len(list(accesses(log, HOME))) == 2
    assert list(accesses(tmp_path / "none", HOME)) == []
