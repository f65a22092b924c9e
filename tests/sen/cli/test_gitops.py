"""`sen gitops` on a real API server: merged files become requests, a merge becomes an approval."""

from __future__ import annotations

import json
import os
import uuid

import pytest
import yaml

from sen import local
from sen.local.platform import Platform
from sen.tenancy.desk import desk_of
from tests.platform_fixture import as_admin
from tests.sen.gitops.checkout import BINH, CHI, KNOWN, checkout

DESK = desk_of("H26")
AT = f"/apis/sen.gov.vn/v1alpha1/namespaces/{DESK}"


@pytest.fixture(scope="module")
def platform(tools):
    """A platform of its own: it holds who may ask, which tests of other parts do not expect."""
    mine = Platform(f"git{os.getpid()}")
    local.up(mine, fsync=False)
    yield mine
    local.reset(mine)


@pytest.fixture
def repo(tmp_path):
    return checkout(tmp_path / "repo")


@pytest.fixture
def slug():
    return f"g{uuid.uuid4().hex[:8]}"


@pytest.fixture
def door(sen, platform, tmp_path, repo, slug):
    """Open Ha Noi's desk and give the Git door its rights; then call it."""
    known = tmp_path / "approvers.yaml"
    known.write_text(yaml.safe_dump(KNOWN))
    named = ("--name", platform.name)
    assert sen("operator", "install", *named).code == 0
    assert sen("operator", "desk", "H26", "--officer", "a.b@hanoi.gov.vn", *named).code == 0
    assert sen("gitops", "install", "--approvers", known, *named).out == "2 objects\n"

    def call(command, *words):
        given = ("--approvers", known, "-o", "json", *named)
        said = sen("gitops", command, repo.requests, *given, *words)
        rows = json.loads(said.out) if said.out else []
        return said, {(each["does"], each["request"]): each["why"] for each in rows}

    yield call
    as_admin(platform).ask("DELETE", f"{AT}/tenantrequests/{slug}-staging")


def on_desk(platform, plural, slug):
    items = json.loads(as_admin(platform).ask("GET", f"{AT}/{plural}")[1])["items"]
    return [each for each in items if each["metadata"]["name"].startswith(f"{slug}-staging")]


@pytest.mark.platform
@pytest.mark.xdist_group("gitops")
def test_merged_file_is_asked_for_agreed_to_and_changed_only_once(door, repo, platform, slug):
    name = f"{DESK}/{slug}-staging"
    repo.merge(by=BINH, slug=slug, level=2)

    planned, steps = door("plan")
    assert (planned.code, on_desk(platform, "tenantrequests", slug)) == (0, [])
    done, did = door("sync")
    again, nothing = door("sync")

    expected = {("make", name): "requested_by an", ("approve", name): "binh as head"}
    assert steps == did == expected, done.err
    assert (done.code, again.code, nothing) == (0, 0, {("keep", name): ""})
    (request,) = on_desk(platform, "tenantrequests", slug)
    (agreed,) = on_desk(platform, "approvals", slug)
    assert request["spec"]["requested_by"] == "an"
    assert (agreed["spec"]["by"], agreed["spec"]["role"]) == ("binh", "head")

    repo.merge(by=CHI, slug=slug, level=2, size="M")
    _, changed = door("sync")
    assert changed == {("change", name): "size", ("approve", name): "chi as security-officer"}
    assert on_desk(platform, "tenantrequests", slug)[0]["metadata"]["generation"] == 2


@pytest.mark.platform
@pytest.mark.xdist_group("gitops")
def test_refusals_are_named_and_the_others_go_on(door, repo, platform, slug, tmp_path):
    repo.write("bad.yaml", "agency: H99\n")
    repo.write("far.yaml", agency="H29", slug="far")
    repo.merge(by=BINH, slug=slug, level=2)
    stranger = {**KNOWN, "groups": {"binh": ["h29-heads"]}}
    (tmp_path / "approvers.yaml").write_text(yaml.safe_dump(stranger))

    said, steps = door("sync")

    assert said.code == 1
    assert ("make", f"{DESK}/{slug}-staging") in steps
    for words in ("H99", "desk is not open", "agencies/portal.yaml", "cannot create resource"):
        assert words in said.err
    assert on_desk(platform, "approvals", slug) == []


@pytest.mark.platform
@pytest.mark.xdist_group("gitops")
def test_what_is_in_no_file_goes_only_when_that_is_said_twice(door, repo, platform, slug):
    repo.write("kept.yaml", "agency: H99\n")
    repo.write("portal.yaml", slug=slug)
    door("sync")
    repo.remove("portal.yaml")
    gone = ("prune", f"{DESK}/{slug}-staging")

    _, without = door("sync")
    asked, listed = door("sync", "--prune")
    assert len(on_desk(platform, "tenantrequests", slug)) == 1
    _, planned = door("plan", "--prune")
    _, done = door("sync", "--prune", "--yes")

    assert gone not in without
    assert all(gone in each for each in (listed, planned, done))
    assert "--prune --yes" in asked.err
    assert on_desk(platform, "tenantrequests", slug) == []
    assert gone not in door("sync", "--prune", "--yes")[1]


@pytest.mark.platform
@pytest.mark.xdist_group("gitops")
def test_another_hands_field_is_refused_and_nothing_agreed(door, repo, platform, slug):
    repo.write("portal.yaml", slug=slug, level=2)
    door("sync")
    patch = {"spec": {"quota": dict.fromkeys(QUOTA, 1)}}
    path = f"{AT}/tenantrequests/{slug}-staging?fieldManager=hand"
    asked = as_admin(platform).ask("PATCH", path, patch, "application/merge-patch+json")
    assert asked[0] == 200, asked[1]
    repo.merge(by=BINH, slug=slug, level=2, size="M")

    said, steps = door("sync")

    assert ("refused", f"{DESK}/{slug}-staging") in steps
    assert "quota" in said.err
    assert on_desk(platform, "approvals", slug) == []


QUOTA = ("cpu", "memory_gib", "storage_gib", "pods", "services", "volumes")


@pytest.mark.platform
@pytest.mark.xdist_group("gitops")
def test_person_applies_in_their_own_name_and_only_their_own(door, repo, platform, slug, tmp_path):
    repo.write("portal.yaml", slug=slug, by=CHI)
    kubeconfig = platform.client_kubeconfig("an", ["oidc:h26-requesters"], tmp_path / "an")

    said, steps = door("sync", "--kubeconfig", kubeconfig, "--prune")
    assert "requested_by must be you" in said.err
    assert "cannot list resource" in said.err
    assert (said.code, on_desk(platform, "tenantrequests", slug)) == (1, [])
    repo.write("portal.yaml", slug=slug, size="M")
    said, steps = door("sync", "--kubeconfig", kubeconfig)

    assert (said.code, steps) == (0, {("make", f"{DESK}/{slug}-staging"): "requested_by an"})


def test_platform_that_does_not_answer_is_told(sen, repo, quiet_platform):
    repo.write("portal.yaml")

    said = sen("gitops", "plan", repo.requests, "--name", "quiet")

    assert said.code == 3


@pytest.mark.parametrize(("command", "code"), [("plan", 3), ("install", 3)])
def test_platform_that_never_was_is_told(sen, repo, tmp_path, monkeypatch, command, code):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    repo.write("portal.yaml")
    words = [repo.requests] if command == "plan" else []

    assert sen("gitops", command, *words, "--name", "never").code == code


def test_checkout_that_is_not_clean_is_bad_input(sen, repo):
    repo.write("portal.yaml")
    (repo.requests / "portal.yaml").write_text("changed: true\n")

    said = sen("gitops", "sync", repo.requests)

    assert (said.code, said.out) == (2, "")
    assert "agencies/portal.yaml" in said.err
