"""Names that a certificate may bear are those of people and of groups of the directory."""

import pytest

from sen.access.person import group, key, person
from stacks.problem import ProblemError


@pytest.mark.parametrize("name", ["van.nguyen@hanoi.gov.vn", "oidc:an", "a", "0-1_2+3", "a" * 59])
def test_a_person_keeps_their_name(name):
    assert person(name) == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("system:masters", "access-reserved"),
        ("System:Masters", "access-reserved"),
        ("sen:platform-admins", "access-reserved"),
        ("kubeadm:cluster-admins", "access-reserved"),
        ("oidc:system:masters", "access-name"),
        ("oidc:oidc:a", "access-name"),
        ("", "access-name"),
        (" system:masters", "access-name"),
        ("an\n", "access-name"),
        ("nguyễn", "access-name"),
        ("аn", "access-name"),
        ("-an", "access-name"),
        ("a,O=system:masters", "access-name"),
        ("a" * 60, "access-name"),
    ],
)
@pytest.mark.parametrize("check", [person, group])
def test_another_name_is_refused(check, name, message):
    with pytest.raises(ProblemError) as caught:
        check(name)

    assert [each.key for each in caught.value.problems] == [message]


def test_a_group_is_named_as_bindings_name_it():
    assert group("h26-heads") == group("oidc:h26-heads") == "oidc:h26-heads"


def test_two_spellings_of_one_person_are_one():
    assert key("oidc:Van@Hanoi.gov.vn") == key("van@hanoi.gov.vn ")
