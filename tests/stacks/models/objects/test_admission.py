"""The API server itself holds who may ask and who may decide."""

import json
import time
import uuid
from functools import partial

import pytest
from kubernetes import config

from sen.local.wire import APPLY
from stacks.models.chain import material
from stacks.models.objects import GROUP, KINDS, VERSION
from stacks.models.objects.admission import FILE, policies, text
from stacks.models.objects.crd import crd
from stacks.models.objects.request import RequestSpec
from tests.request_of import request_of

PEOPLE = {"an": [], "binh": ["head"], "chi": ["security-officer"], "dung": ["head", "platform"]}


def test_file_is_up_to_date():
    assert FILE.read_text("utf-8") == text()


class Person:
    def __init__(self, platform, name, folder):
        path = platform.client_kubeconfig(name, [f"officials-{name}"], folder / name)
        client = config.new_client_from_config(str(path), platform.context)
        self._pool, self._host = client.rest_client.pool_manager, client.configuration.host

    def post(self, path, document):
        answer = self._pool.request(
            "POST",
            self._host + path,
            body=json.dumps(document),
            headers={"Content-Type": "application/json"},
        )
        return answer.status, json.loads(answer.data)


@pytest.fixture(scope="module")
def people(platform, tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    return {name: Person(platform, name, folder) for name in PEOPLE}


@pytest.fixture(scope="module")
def desk(api):
    """A namespace where requests are made, with roles as an agency has them, and the policies."""
    for kind in KINDS:
        path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{kind.crd_name}"
        api.ask("PATCH", f"{path}?fieldManager=test", crd(kind), APPLY)
    name = f"desk-{uuid.uuid4().hex[:8]}"
    make(api, "/api/v1/namespaces", {"metadata": {"name": name, "labels": {"desk": name}}})
    rbac = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{name}"
    everybody = [right("create", "tenantrequests"), right("create", "approvals")]
    grant(api, rbac, "ask", everybody, PEOPLE)
    for person, roles in PEOPLE.items():
        verbs = [right(f"approve-{role}", "tenantrequests") for role in roles]
        grant(api, rbac, f"approve-{person}", verbs, [person])
    install(api, name)
    yield name
    for each in policies():
        api.ask("DELETE", f"{collection(each)}/{each['metadata']['name']}-{name}")
    api.ask("DELETE", f"/api/v1/namespaces/{name}")


def install(api, desk):
    """Install the policies for this namespace only: other tests use the same API server."""
    for each in policies():
        meta = {"name": f"{each['metadata']['name']}-{desk}"}
        spec = dict(each["spec"])
        if "policyName" in spec:
            spec["policyName"] = f"{spec['policyName']}-{desk}"
            spec["matchResources"] = {"namespaceSelector": {"matchLabels": {"desk": desk}}}
        make(api, collection(each), {**each, "metadata": meta, "spec": spec})


def collection(thing):
    plural = (
        "validatingadmissionpolicybindings"
        if thing["kind"].endswith("Binding")
        else "validatingadmissionpolicies"
    )
    return f"/apis/admissionregistration.k8s.io/v1/{plural}"


def right(verb, resource):
    return {"apiGroups": [GROUP], "resources": [resource], "verbs": [verb]}


def grant(api, path, name, rules, people):
    if not rules:
        return
    make(api, f"{path}/roles", {"metadata": {"name": name}, "rules": rules})
    binding = {
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
        "subjects": [
            {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": each}
            for each in people
        ],
    }
    make(api, f"{path}/rolebindings", binding)


def make(api, path, document):
    status, body = api.ask("POST", path, document)
    assert status == 201, body


SPEC = {**request_of(level=3), "requested_by": "an"}
MATERIAL = material(RequestSpec.model_validate(SPEC))


def ask(person, desk, name, by=None, dry=False):
    document = {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "TenantRequest",
        "metadata": {"name": name},
        "spec": {**SPEC, "requested_by": by or "an"},
    }
    path = f"/apis/{GROUP}/{VERSION}/namespaces/{desk}/tenantrequests"
    return person.post(path + ("?dryRun=All" if dry else ""), document)


def decide(person, desk, request, role, by):
    spec = {
        "request": request,
        "material": MATERIAL,
        "role": role,
        "decision": "approve",
        "by": by,
        "price_vnd": 1,
    }
    document = {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "Approval",
        "metadata": {"generateName": "a-"},
        "spec": spec,
    }
    path = f"/apis/{GROUP}/{VERSION}/namespaces/{desk}/approvals?dryRun=All"
    return person.post(path, document)


@pytest.fixture(scope="module")
def asked(people, desk):
    """A request by `an`, once the API server's policies see it.

    It learns of each right and of each policy by itself, in no order, and refuses for lack of a
    right as well: only a policy's own words show that it is at work.
    """
    deadline = time.monotonic() + 60

    def until(answered, act):
        while not answered(said := act()):
            assert time.monotonic() < deadline, said
            time.sleep(0.1)

    def refused(words):
        return lambda said: words in said[1].get("message", "")

    until(refused("requested_by must be you"), lambda: ask(people["binh"], desk, "probe", dry=True))
    until(lambda said: said[0] == 201, lambda: ask(people["an"], desk, "portal"))
    for name, role in [(name, role) for name, roles in PEOPLE.items() for role in roles]:
        decided = partial(decide, people[name], desk, "portal", role)
        until(lambda said: said[0] == 201, partial(decided, name))
        until(refused("by must be you"), partial(decided, "somebody"))
    return "portal"


@pytest.mark.platform
def test_who_holds_the_role_decides(people, desk, asked):
    for name, roles in PEOPLE.items():
        for role in ("head", "security-officer", "platform"):
            status, answer = decide(people[name], desk, asked, role, name)
            assert (status == 201) == (role in roles), (name, role, answer)


@pytest.mark.platform
def test_nobody_asks_or_decides_in_anothers_name(people, desk, asked):
    status, answer = ask(people["binh"], desk, "mine", by="an")
    assert (status, "requested_by must be you" in answer["message"]) == (403, True)

    status, answer = decide(people["binh"], desk, asked, "head", "chi")
    assert (status, "by must be you" in answer["message"]) == (403, True)


@pytest.mark.platform
def test_nobody_approves_their_own_request(people, desk, asked):
    status, answer = ask(people["dung"], desk, "own", by="dung")
    assert status == 201, answer
    deadline = time.monotonic() + 30
    while (found := decide(people["dung"], desk, "own", "head", "dung"))[0] == 201:
        assert time.monotonic() < deadline
        time.sleep(0.1)

    assert found[0] == 403
    assert "nobody approves their own request" in found[1]["message"]
    assert decide(people["dung"], desk, asked, "head", "dung")[0] == 201
