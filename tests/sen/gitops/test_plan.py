"""Files, desks and approvers lead to steps; a bad file keeps no other back."""

import datetime as dt
from dataclasses import replace

import pytest
import yaml

from sen.gitops.approvers import Approvers, load
from sen.gitops.history import Origin
from sen.gitops.plan import DOOR, FILE, Does, approval, differing, pruned, step_for, vote_on
from sen.gitops.reading import reading
from sen.gitops.rights import rights
from stacks.models.objects.approval import ApprovalSpec, Role
from stacks.problem import ProblemError
from tests.request_of import request_of
from tests.sen.gitops.checkout import AN, BINH, CHI, KNOWN

APPROVERS = Approvers.model_validate(KNOWN)


@pytest.fixture
def wanted(repo):
    repo.merge(by=BINH, level=2)
    (one,) = reading(repo.requests).wanted
    return one


def live_of(step, **changed):
    """Give what a step leads to, as it lies on the desk."""
    meta = {**step.body["metadata"], "uid": "u", "resourceVersion": "7"}
    return {"metadata": meta, "spec": {**step.body["spec"], **changed}}


def votes(wanted, *decided, origin=None, approvers=APPROVERS):
    step = step_for(wanted, None, APPROVERS)
    asked = replace(wanted, origin=origin) if origin else wanted
    spec = step.body["spec"]
    made = [
        ApprovalSpec.model_validate(approval(wanted, spec, user, role)["spec"])
        for user, role in decided
    ]
    return vote_on(asked, spec, made, approvers)


def test_new_request_is_made_in_the_name_of_its_author(wanted):
    step = step_for(wanted, None, APPROVERS)

    assert (step.does, step.namespace, step.name) == (
        Does.MAKE,
        "h26-desk-production",
        "portal-staging",
    )
    assert step.body["spec"]["requested_by"] == "an"
    assert step.body["metadata"]["annotations"] == {FILE: "agencies/portal.yaml"}


def test_author_nobody_knows_is_refused(wanted):
    step = step_for(wanted, None, Approvers())

    assert (step.does, step.body) == (Does.REFUSED, None)
    assert AN in step.problems[0].text()


def test_what_is_there_is_kept_and_who_asked_first_stays(wanted):
    live = live_of(step_for(wanted, None, APPROVERS), requested_by="dung", reason="Thay máy chủ")

    step = step_for(wanted, live, Approvers())

    assert (step.does, step.why, step.body["spec"]["requested_by"]) == (Does.KEEP, "", "dung")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"size": "XL"}, "size"),
        ({"quota": {"cpu": 1}}, "quota"),
        ({"groups": {"admins": []}}, "groups.admins, groups.deployers, groups.viewers"),
    ],
)
def test_change_names_its_fields_also_those_only_the_desk_has(wanted, changed, why):
    live = live_of(step_for(wanted, None, APPROVERS), **changed)

    step = step_for(wanted, live, APPROVERS)

    assert (step.does, step.why) == (Does.CHANGE, why)


def test_file_that_moved_is_written_down(wanted):
    live = live_of(step_for(wanted, None, APPROVERS))
    live["metadata"] = {"name": "portal-staging"}

    assert step_for(wanted, live, APPROVERS).why == FILE
    assert list(differing({"a": {"b": 1}}, {"a": {"b": 1}})) == []


def test_merge_counts_in_the_role_of_who_merged(wanted):
    vote = votes(wanted)

    assert (vote.user, vote.roles, vote.why) == ("binh", (Role.HEAD,), "")


@pytest.mark.parametrize(
    "origin",
    [
        Origin(AN, AN, frozenset({AN})),
        Origin(AN, BINH, frozenset({AN, BINH})),
        Origin(BINH, BINH, frozenset({BINH})),
    ],
)
def test_nobody_agrees_to_what_they_wrote(wanted, origin):
    vote = votes(wanted, origin=origin)

    assert (vote.roles, vote.why) == ((), "one's own request")


def test_who_asked_first_never_agrees_to_a_later_version(wanted):
    spec = {**step_for(wanted, None, APPROVERS).body["spec"], "requested_by": "binh"}

    vote = vote_on(wanted, spec, [], APPROVERS)

    assert vote.why == "one's own request"


@pytest.mark.parametrize(
    ("decided", "origin"),
    [
        ((), Origin(AN)),
        ((("binh", "head"),), None),
        ((("dung", "head"), ("chi", "security-officer")), None),
        ((("dung", "head"),), None),
        ((), Origin(AN, CHI.replace("chi", "dung"), frozenset({AN}))),
    ],
    ids=["not-merged", "decided", "all-decided", "role-taken", "no-role"],
)
def test_merge_that_adds_nothing_is_no_vote(wanted, decided, origin):
    users = {**KNOWN["users"], CHI.replace("chi", "dung"): "dung"}
    approvers = Approvers.model_validate({**KNOWN, "users": users})

    assert votes(wanted, *decided, origin=origin, approvers=approvers) is None


def test_merger_nobody_knows_is_told(wanted):
    vote = votes(wanted, approvers=Approvers.model_validate({"users": {AN: "an"}}))

    assert (vote.user, vote.why) == (BINH, "not in the approvers file")


def test_decision_on_another_state_does_not_stop_the_vote(wanted):
    step = step_for(wanted, None, APPROVERS)
    other = approval(wanted, {**step.body["spec"], "size": "XL"}, "binh", Role.HEAD)["spec"]

    vote = vote_on(wanted, step.body["spec"], [ApprovalSpec.model_validate(other)], APPROVERS)

    assert vote.roles == (Role.HEAD,)


def test_bad_files_are_named_and_the_others_go_on(repo):
    repo.write("a/good.yaml", slug="good")
    repo.write("b/bad.yaml", "agency: H99\n")
    repo.write("c/one.yaml", slug="twice")
    repo.write("c/two.yaml", slug="twice")
    over = dt.date.today() - dt.timedelta(days=3)
    past = request_of(slug="past", ends=over.isoformat(), starts="2026-01-05")
    repo.write("d/past.yaml", past)
    (repo.requests / "link.yaml").symlink_to(repo.requests / "a" / "good.yaml")
    repo.write("e/.gitignore", "hidden.yaml\n")
    (repo.requests / "e" / "hidden.yaml").write_text(yaml.safe_dump(request_of(slug="hidden")))
    repo.write("z/last.yaml", slug="last")

    found = reading(repo.requests)

    assert [each.name for each in found.wanted] == ["good-staging", "last-staging"]
    assert [each.name for each in found.ended] == ["past-staging"]
    assert [(each.file, each.problems[0].key) for each in found.refused] == [
        ("agencies/b/bad.yaml", "agency-unknown-nothing-close"),
        ("agencies/e/hidden.yaml", "gitops-not-committed"),
        ("agencies/link.yaml", "gitops-link"),
        ("agencies/c/two.yaml", "request-twice"),
    ]


def test_one_file_and_the_whole_repository_are_read_too(repo):
    file = repo.write("portal.yaml")

    assert reading(file).under == "agencies/portal.yaml"
    assert reading(repo.requests).under == "agencies"
    assert (reading(repo.root).under, len(reading(repo.root).wanted)) == ("", 1)


def test_folder_without_requests_is_told(repo):
    with pytest.raises(ProblemError, match="no request"):
        reading(repo.requests)


def on_desk(name, file, namespace="h26-desk-production"):
    meta = {"namespace": namespace, "name": name, "uid": "u", "resourceVersion": "7"}
    meta |= {"labels": {DOOR: "git"}, "annotations": {FILE: file} if file else {}}
    return {"metadata": meta, "spec": {"requested_by": "an"}}


def test_only_what_came_from_a_file_that_is_gone_is_pruned(repo):
    repo.write("portal.yaml")
    repo.write("bad.yaml", "agency: H99\n")
    found = reading(repo.requests)

    steps = list(
        pruned(
            found,
            [
                on_desk("portal-staging", "agencies/old-place.yaml"),
                on_desk("in-bad-staging", "agencies/bad.yaml"),
                on_desk("elsewhere-staging", "other/gone.yaml"),
                on_desk("near-staging", "agencies-2/gone.yaml"),
                on_desk("by-hand-staging", ""),
                on_desk("gone-staging", "agencies/gone.yaml"),
            ],
        )
    )

    assert [(each.does, each.name) for each in steps] == [(Does.PRUNE, "gone-staging")]
    assert steps[0].body == {"preconditions": {"uid": "u", "resourceVersion": "7"}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- users\n", "one mapping"),
        ("users: {an: an}\n", "mail address"),
        ("users: {a@b.vn: 'system:admin'}\n", "system:admin"),
        ("roles: {'sen:admin': [head]}\n", "sen:admin"),
        ("roles: {binh: [king]}\n", "king"),
        ("people: {}\n", "people"),
    ],
)
def test_approvers_file_is_closed(tmp_path, text, words):
    file = tmp_path / "approvers.yaml"
    file.write_text(text)

    with pytest.raises(ProblemError, match=words):
        load(file)


def test_approvers_are_found_by_mail_and_none_without_a_file(known):
    assert load(known).user(CHI) == "chi"
    assert load(known).user("x@y.vn") is None
    assert load(None) == Approvers()


def test_door_may_speak_only_as_those_whom_the_file_names():
    role, binding = rights(APPROVERS)

    named = {each["resources"][0]: each.get("resourceNames") for each in role["rules"]}
    assert named["users"] == ["binh", "chi"]
    assert named["groups"] == [
        "oidc:h26-heads",
        "oidc:h26-security-officers",
        "oidc:h26-viewers",
    ]
    assert binding["subjects"][0]["name"] == "sen-gitops"
    assert "impersonate" not in str(list(rights(Approvers())))
