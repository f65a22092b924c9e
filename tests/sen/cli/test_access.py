"""`sen access` against a real API server: certificates that work and end, rights that go."""

from __future__ import annotations

import datetime as dt
import json
import stat
import time
import uuid

import pytest
import yaml
from cryptography import x509

from sen.access import cluster as cluster_module
from sen.access.cluster import ROLE_BINDING, Cluster
from sen.errors import MissingPartError, RefusedError
from sen.evidence.place import chain_of
from stacks.components.baseline import cluster_objects
from stacks.components.tenant import objects_for
from stacks.models.tenant import TenantRequest
from tests.request_of import request_of
from tests.sen.access.memory import binding
from tests.stacks.apply import Person
from tests.stacks.conftest import administrator, baseline

__all__ = ["administrator", "baseline"]
on_platform = pytest.mark.platform
grouped = pytest.mark.xdist_group("access-people")
PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def tenant(administrator, baseline):
    """Apply a tenant of level 3, and the cluster roles that it is bound to."""
    slug = f"people-{uuid.uuid4().hex[:8]}"
    groups = {"admins": [f"{slug}-admins"], "viewers": [f"{slug}-viewers"]}
    made = TenantRequest.model_validate(request_of("G18", slug, groups=groups))
    rbac = [one for one in cluster_objects(baseline) if one["kind"].startswith("ClusterRole")]
    for one in (*rbac, *objects_for(made)):
        answer = administrator.apply(one)
        assert answer.status in {200, 201}, answer.message
    yield made
    administrator.ask("DELETE", f"/api/v1/namespaces/{made.namespace}")


@pytest.fixture
def someone():
    return f"an-{uuid.uuid4().hex[:8]}@g18.vn"


@pytest.fixture
def at(platform):
    """Ask as the administrator, past the commands."""
    return Cluster(platform.kubeconfig, platform.context)


@pytest.fixture
def recorded(platform):
    """Give the acts that were recorded about something."""

    def acts(about):
        return [each.act for each in chain_of(platform).records() if each.about == about]

    return acts


def certificate_in(file):
    (user,) = yaml.safe_load(file.read_text("utf-8"))["users"]
    assert user["user"].keys() == {"client-certificate-data", "client-key-data"}
    text = yaml.safe_load(f"!!binary {user['user']['client-certificate-data']}")
    return x509.load_pem_x509_certificate(text)


def may_soon(person, verb, resource, namespace, yes=True):
    """Wait for the API server's own cache of bindings; no event says that it is warm."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while person.may(verb, resource, namespace) is not yes:
        assert time.monotonic() < deadline, f"{verb} {resource}: not {yes}"
        time.sleep(0.05)
    return True


def opened(sen, platform, tenant, user, out, *more):
    return sen(
        *("access", "break-glass", "open", tenant.namespace, "--name", platform.name),
        *("--user", user, "--reason", "Cổng ngừng", "--by", "binh@g18.vn", "--out", out),
        *(more or ("--hours", 1, "--second", "chi@g18.vn")),
    )


@on_platform
@grouped
def test_a_certificate_works_and_ends(sen, platform, tenant, someone, tmp_path, recorded):
    out = tmp_path / "van.kubeconfig"
    group, asker = tenant.groups.viewers[0], Cluster(platform.kubeconfig, platform.context)
    before = dt.datetime.now(dt.UTC)

    said = sen(
        *("access", "kubeconfig", someone, "--group", group, "--hours", 2, "--out", out),
        *("--name", platform.name),
    )

    assert (said.code, said.err) == (0, "")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    found = certificate_in(out)
    assert found.subject.rfc4514_string() == f"CN={someone},O=oidc:{group}"
    lasts = found.not_valid_after_utc - before
    assert dt.timedelta(hours=1, minutes=50) < lasts < dt.timedelta(hours=2, minutes=1)
    assert not list(asker.each("CertificateSigningRequest"))
    assert Cluster(out, None).myself() == someone
    person = Person(out, platform.context)
    assert may_soon(person, "list", "/pods", tenant.namespace)
    assert not person.may("create", "apps/deployments", tenant.namespace)
    assert recorded(someone) == ["access.certificate"]


@on_platform
@grouped
def test_who_may_not_approve_receives_nothing(sen, platform, someone, tmp_path, at):
    own = platform.client_kubeconfig(someone, [], tmp_path / "own")
    out = tmp_path / "more"

    said = sen(
        *("access", "kubeconfig", "binh@g18.vn", "--group", "a", "--hours", 1, "--out", out),
        *("--name", platform.name, "--kubeconfig", own),
    )

    assert said.code == 1
    assert "certificatesigningrequests" in said.err
    assert not out.exists()
    assert not list(at.each("CertificateSigningRequest"))


@on_platform
@grouped
@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("an@g18.vn", "--group", "a", "--hours", 9), "1 to 8"),
        (("an@g18.vn", "--group", "a", "--hours", 0), "1 to 8"),
        (("system:admin", "--group", "a", "--hours", 1), "belong to the platform"),
        (("an@g18.vn", "--group", "system:masters", "--hours", 1), "belong to the platform"),
        (("an@g18.vn", "--group", "sen:platform-admins", "--hours", 1), "belong to the platform"),
        (("an g18", "--group", "a", "--hours", 1), "not a name of a person"),
    ],
)
def test_too_long_and_names_of_the_system_are_refused(sen, platform, tmp_path, asked, words):
    where = ("--out", tmp_path / "x", "--name", platform.name)

    said = sen("access", "kubeconfig", *asked, *where)

    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert not (tmp_path / "x").exists()


@on_platform
@grouped
def test_a_file_that_is_there_is_not_lost(sen, platform, tmp_path):
    out = tmp_path / "mine"
    out.write_text("precious", "utf-8")

    said = sen(
        *("access", "kubeconfig", "an@g18.vn", "--group", "a", "--hours", 1, "--out", out),
        *("--name", platform.name),
    )

    assert (said.code, out.read_text("utf-8")) == (2, "precious")
    assert "there already" in said.err


@on_platform
@grouped
def test_rights_are_listed_by_tenant_group_and_person(sen, platform, tenant, someone, at):
    at.create(binding("own", tenant.namespace, users=[someone]))

    def listed(*words):
        said = sen("access", "list", "--name", platform.name, "-o", "json", *words)
        assert said.code == 0
        return json.loads(said.out), said.err

    everybody, _ = listed("--tenant", tenant.namespace)
    group, _ = listed("--group", tenant.groups.admins[0])
    person, note = listed("--user", someone)

    inside = {row["binding"] for row in everybody if row["namespace"] == tenant.namespace}
    assert inside == {"tenant-admin", "tenant-viewer", "own"}
    assert "*" in {row["namespace"] for row in everybody}
    assert [(row["binding"], row["role"], row["ends"]) for row in group] == [
        ("tenant-admin", "ClusterRole/sen-tenant-admin", tenant.ends.isoformat())
    ]
    assert [row["binding"] for row in person] == ["own"]
    assert "known to the directory" in note


@on_platform
@grouped
def test_rights_are_read_page_by_page(platform, tenant, at, monkeypatch):
    whole = {each["metadata"]["uid"] for each in at.each(ROLE_BINDING)}
    homes = {each["metadata"]["name"] for each in at.namespaces("sen.gov.vn/agency")}
    monkeypatch.setattr(cluster_module, "_PAGE", 2)

    assert len(whole) > 2
    assert whole <= {each["metadata"]["uid"] for each in at.each(ROLE_BINDING)}
    assert tenant.namespace in homes
    assert tenant.namespace in {
        each["metadata"]["name"] for each in at.namespaces("sen.gov.vn/agency")
    }


@on_platform
@grouped
def test_a_right_is_reviewed_confirmed_and_revoked(sen, platform, tenant, at, recorded):
    at.create(binding("auditors", tenant.namespace, groups=["oidc:auditors"]))
    where = ("--name", platform.name)

    def row():
        said = sen("access", "review", "--tenant", tenant.namespace, "-o", "json", *where)
        return {each["binding"]: each for each in json.loads(said.out)}.get("auditors")

    first = row()
    confirmed = sen("access", "confirm", "auditors", "--namespace", tenant.namespace, *where)
    second = row()
    by_agency = sen("access", "review", "--agency", "G18", "-o", "json", *where)
    revoked = sen("access", "revoke", "auditors", "--namespace", tenant.namespace, *where)
    again = sen("access", "revoke", "auditors", "--namespace", tenant.namespace, *where)

    assert (first["every_months"], first["reviewed"], first["overdue"]) == (6, None, False)
    assert (confirmed.code, second["reviewed_by"]) == (0, "sen:admin")
    assert tenant.namespace in by_agency.out
    assert (revoked.code, revoked.err, again.code, row()) == (0, "", 2, None)
    assert "Group oidc:auditors" in revoked.out
    assert recorded(f"{tenant.namespace}/auditors") == ["access.confirm", "access.revoke"]


@on_platform
@grouped
def test_what_the_request_names_is_said_to_come_back(sen, platform, tenant, administrator):
    said = sen(
        *("access", "revoke", "tenant-viewer", "--namespace", tenant.namespace),
        *("--name", platform.name),
    )

    for one in objects_for(tenant):
        assert administrator.apply(one).status in {200, 201}
    assert said.code == 0
    assert "binds them again" in said.err


@on_platform
@grouped
def test_a_leaver_is_removed_everywhere_once(sen, platform, tenant, someone, at, tmp_path):
    at.create(binding("alone", tenant.namespace, users=[someone]))
    at.create(binding("shared", tenant.namespace, users=[someone], groups=["oidc:others"]))
    at.create(binding(f"all-{someone[3:11]}", None, users=[someone]))
    opened(sen, platform, tenant, someone, tmp_path / "glass")

    first, second = (
        sen("access", "leaver", someone, "--name", platform.name, "-o", "json") for _ in range(2)
    )

    removed = [(row["kind"], row["removed"]) for row in json.loads(first.out)]
    assert sorted(removed) == [
        ("ClusterRoleBinding", "all of it"),
        ("RoleBinding", "all of it"),
        ("RoleBinding", "all of it"),
        ("RoleBinding", "this person only"),
    ]
    assert json.loads(second.out) == []
    assert "known to the directory" in first.err
    assert "cannot be withdrawn; it ends" in first.err
    left = at.get(ROLE_BINDING, "shared", tenant.namespace)
    assert [each["name"] for each in left["subjects"]] == ["oidc:others"]
    at.delete(left)


@on_platform
@grouped
def test_break_glass_opens_and_closes(sen, platform, tenant, someone, tmp_path, recorded):
    out = tmp_path / "glass"

    said = opened(sen, platform, tenant, someone, out)
    person = Person(out, platform.context)
    allowed = may_soon(person, "create", "/pods/exec", tenant.namespace)
    closed = sen("access", "break-glass", "close", tenant.namespace, "--name", platform.name)

    assert (said.code, said.err, allowed) == (0, "", True)
    assert not person.may("list", "/pods", "default")
    assert certificate_in(out).not_valid_after_utc < dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    assert may_soon(person, "create", "/pods/exec", tenant.namespace, yes=False)
    assert someone in closed.out
    assert {"access.break-glass.open", "access.break-glass.close"} <= set(
        recorded(tenant.namespace)
    )


@on_platform
@grouped
def test_a_sweep_closes_what_is_over(sen, platform, tenant, someone, tmp_path):
    opened(sen, platform, tenant, someone, tmp_path / "glass")
    then = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1, minutes=1)
    sweep = ("access", "break-glass", "sweep", "--name", platform.name, "-o", "json")

    early = sen(*sweep)
    late = sen(*sweep, "--now", then.strftime("%Y-%m-%dT%H:%MZ"))

    assert someone not in {row["user"] for row in json.loads(early.out)}
    assert someone in {row["user"] for row in json.loads(late.out)}


@on_platform
@grouped
@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--hours", 5, "--second", "chi@g18.vn"), "1 to 4"),
        (("--hours", 1, "--second", "binh@g18.vn"), "two people"),
    ],
)
def test_break_glass_is_for_hours_and_takes_two(sen, platform, tenant, tmp_path, more, words):
    said = opened(sen, platform, tenant, "an@g18.vn", tmp_path / "glass", *more)

    assert said.code == 2
    assert words in said.err


@on_platform
@grouped
def test_what_changed_since_it_was_read_is_neither_deleted_nor_replaced(tenant, at):
    old = at.create(binding("moving", tenant.namespace, groups=["oidc:a"]))
    new = at.replace({**old, "subjects": []})

    for act in (at.delete, at.replace):
        with pytest.raises(RefusedError):
            act({**old, "subjects": [{"kind": "User", "name": "x"}]})

    assert at.delete(new)
    assert not at.delete(new)


def test_a_cluster_that_is_not_there_is_told(tmp_path):
    with pytest.raises(MissingPartError):
        Cluster(tmp_path / "none", None)


def test_a_platform_that_was_never_up_is_told(sen):
    said = sen("access", "list", "--name", "never")

    assert said.code == 3
