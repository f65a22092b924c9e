"""Names that look like others, that are written in another form, or that lead elsewhere."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stacks.models.explain import explain
from stacks.models.objects import GROUP, VERSION
from stacks.models.objects.request import RequestSpec
from stacks.models.objects.waiver import Waived
from tests.request_of import request_of
from tests.stacks.models.objects.test_crd import request, served

__all__ = ["served"]
TRICKS = (
    "../kube-system",
    "..",
    "a/b",
    "a\\b",
    "a%2fb",
    "a\x00b",
    "portal\n",
    " portal",
    "portal\u200b",
    "p\u043ertal",  # Cyrillic o
    "\uff50ortal",  # full width p
    "cổng",
    unicodedata.normalize("NFD", "cổng"),
    "port\u0131l",  # dotless i
    "PORTAL",
    "-portal",
    "portal-",
    "a--b",
    "a" * 64,
)


# Its own names may be longer, and have two hyphens in a row.
NAMES_OF_KUBERNETES = {"a--b", "a" * 64}
GROUPS = {"admins": ["h26-portal-admins"]}


def refused(slug):
    given = {**request_of(slug=slug, groups=GROUPS), "requested_by": "an"}
    with pytest.raises(ValidationError) as caught:
        RequestSpec.model_validate(given)
    return [explain(each, "request", RequestSpec) for each in caught.value.errors()]


@pytest.mark.parametrize("slug", TRICKS, ids=ascii)
def test_trick_in_a_systems_name_is_refused_with_a_remedy(slug):
    (problem,) = refused(slug)

    assert "system.slug" in problem.text()
    assert "public-service-portal" in problem.text() or "40" in problem.text()


@given(st.text(min_size=1).filter(lambda text: not text.isascii()))
def test_no_name_beyond_ascii_is_a_systems_name(text):
    assert refused(text)


@given(st.text(min_size=1).filter(lambda text: not text.isascii()))
def test_no_name_beyond_ascii_is_waived(text):
    with pytest.raises(ValidationError):
        Waived(kind="/Pod", namespace="h26-portal-staging", name=text)


@given(st.sampled_from(["Sở Y tế", "Cổng dịch vụ công", "Trung tâm điều hành"]))
def test_words_have_one_form_however_they_were_typed(words):
    typed = request_of()
    typed["system"]["owner_unit"] = unicodedata.normalize("NFD", words)

    spec = RequestSpec.model_validate({**typed, "requested_by": "an"})

    assert spec.system.owner_unit == words


@pytest.mark.platform
@pytest.mark.xdist_group("crds")
@pytest.mark.parametrize("where", ["slug", "name"])
def test_api_server_refuses_the_same_names(served, namespace, where):
    path = f"/apis/{GROUP}/{VERSION}/namespaces/{namespace}/tenantrequests?dryRun=All"
    for trick in TRICKS:
        if where == "name" and trick in NAMES_OF_KUBERNETES:
            continue
        document = request(trick) if where == "name" else request(slug=trick)
        status, body = served.ask("POST", path, document)

        message = json.loads(body)["message"]
        assert status == 422, (ascii(trick), message)
        assert ("metadata.name" if where == "name" else "spec.system.slug") in message
