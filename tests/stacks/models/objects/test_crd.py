"""The API server takes our kinds as they are generated, and holds what the models hold."""

import copy
import json
import subprocess
import uuid
from datetime import date, timedelta

import pytest

from sen.local.wire import APPLY
from sen.tools import find
from stacks.models.objects import GROUP, KINDS, VERSION
from stacks.models.objects.crd import FILE, crd, text
from stacks.models.objects.kinds import REQUEST
from stacks.models.objects.structural import structural
from tests.request_of import request_of

DIGEST = "0" * 64


def test_file_is_up_to_date():
    assert FILE.read_text("utf-8") == text()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_schema_uses_only_what_kubernetes_knows(kind):
    said = json.dumps([structural(kind.spec), structural(kind.status)])

    for word in ("$ref", "anyOf", "additionalProperties", "exclusiveMinimum", '"title"'):
        assert word not in said


@pytest.fixture(scope="module")
def served(platform, api):
    """The kinds, installed and served."""
    for kind in KINDS:
        path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{kind.crd_name}"
        status, body = api.ask("PATCH", f"{path}?fieldManager=test", crd(kind), APPLY)
        assert status in {200, 201}, body
    for kind in KINDS:
        plural = f"/apis/{GROUP}/{VERSION}/{kind.plural}"
        while api.ask("GET", plural)[0] != 200:
            pass
    return api


def conditions(api, kind):
    path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{kind.crd_name}"
    found = json.loads(api.ask("GET", path)[1])["status"]["conditions"]
    return {each["type"]: each["status"] for each in found}


@pytest.mark.platform
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_api_server_finds_nothing_to_blame(served, kind):
    found = conditions(served, kind)

    assert (found["Established"], found["NamesAccepted"]) == ("True", "True")
    assert "NonStructuralSchema" not in found


def request(name="portal", **changed):
    spec = {**request_of(**changed), "requested_by": "an"}
    return thing("TenantRequest", name, spec)


def thing(kind, name, spec):
    meta = {"name": name}
    return {"apiVersion": f"{GROUP}/{VERSION}", "kind": kind, "metadata": meta, "spec": spec}


def put(api, namespace, document, *, method="POST"):
    kind = next(each for each in KINDS if each.name == document["kind"])
    home = f"namespaces/{namespace}/" if kind.namespaced else ""
    path = f"/apis/{GROUP}/{VERSION}/{home}{kind.plural}"
    if method == "PUT":
        path += f"/{document['metadata']['name']}"
    status, body = api.ask(method, path, document)
    return status, json.loads(body)


@pytest.mark.platform
def test_what_a_file_says_is_an_object_too_and_is_filled_with_defaults(served, namespace):
    status, made = put(served, namespace, request())

    assert status == 201, made
    assert made["spec"]["network"] == {"ingress": [], "egress": []}


WRONG = {
    "level": ({"system": {"level": 6}}, "spec.system.level"),
    "stage": ({"stage": "test"}, "spec.stage"),
    "mail": ({"system": {"officer": "nobody"}}, "spec.system.officer"),
    "budget": ({"budget": {"monthly_ceiling_vnd": 0}}, "spec.budget.monthly_ceiling_vnd"),
    "admins": ({"groups": {"admins": []}}, "spec.groups.admins"),
    "port": ({"network": {"ingress": [{"cidr": "10.0.0.0/8", "ports": [70000]}]}}, "ports"),
    "ends": ({"ends": "2020-01-01"}, "ngày hết hạn phải sau ngày bắt đầu"),
    "day": ({"ends": "2026-02-30"}, "spec.ends"),
}


@pytest.mark.platform
@pytest.mark.parametrize("case", WRONG)
def test_what_the_model_refuses_the_api_server_refuses(served, namespace, case):
    changes, said = WRONG[case]
    document = request(case)
    for field, value in changes.items():
        old = document["spec"].get(field)
        document["spec"][field] = {**old, **value} if isinstance(old, dict) else value

    status, answer = put(served, namespace, document)

    assert status == 422
    assert said in answer["message"]


@pytest.mark.platform
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("agency", "H27"),
        ("stage", "production"),
        ("starts", "2026-01-01"),
        ("requested_by", "binh"),
    ],
)
def test_identity_of_a_request_never_changes(served, namespace, field, value):
    _, made = put(served, namespace, request())
    changed = copy.deepcopy(made)
    changed["spec"][field] = value

    status, answer = put(served, namespace, changed, method="PUT")

    assert status == 422
    assert "identity and cannot change" in answer["message"]


@pytest.mark.platform
def test_what_is_no_identity_may_change(served, namespace):
    _, made = put(served, namespace, request())
    made["spec"]["ends"] = (date.today() + timedelta(days=400)).isoformat()

    assert put(served, namespace, made, method="PUT")[0] == 200


def approval(name="a", **changed):
    spec = {
        "request": "portal",
        "material": DIGEST,
        "role": "head",
        "decision": "approve",
        "by": "chi",
        "price_vnd": 1,
        **changed,
    }
    return thing("Approval", name, spec)


@pytest.mark.platform
def test_decision_never_changes(served, namespace):
    _, made = put(served, namespace, approval())
    made["spec"]["decision"] = "reject"
    made["spec"]["reason"] = "Chưa đủ hồ sơ"

    status, answer = put(served, namespace, made, method="PUT")

    assert status == 422
    assert "a decision never changes" in answer["message"]


@pytest.mark.platform
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"role": "superior"}, "names its document"),
        ({"decision": "reject"}, "gives its reason"),
        ({"role": "king"}, "spec.role"),
        ({"material": "x"}, "spec.material"),
    ],
)
def test_decision_says_what_it_needs(served, namespace, changed, said):
    status, answer = put(served, namespace, approval(**changed))

    assert status == 422
    assert said in answer["message"]


@pytest.mark.platform
def test_agreement_is_between_two_tenants_and_ends(served, namespace):
    spec = {
        "provider": "h26-a-production",
        "consumer": "h26-b-production",
        "data": {"vi": "Dữ liệu dân cư", "en": "Population data"},
        "legal_basis": "Nghị định 278/2025/NĐ-CP",
        "personal_data": True,
        "ports": [443],
        "starts": "2026-01-01",
        "ends": "2027-01-01",
    }

    assert put(served, namespace, thing("SharingAgreement", "good", spec))[0] == 201
    same = {**spec, "consumer": spec["provider"]}
    assert put(served, namespace, thing("SharingAgreement", "same", same))[0] == 422
    over = {**spec, "ends": "2025-01-01"}
    assert put(served, namespace, thing("SharingAgreement", "over", over))[0] == 422


@pytest.mark.platform
def test_agency_and_tenant_are_objects_too(served, namespace):
    name = {"vi": "Thành phố Hà Nội", "en": "Hanoi City"}
    budgets = [{"year": 2026, "vnd": 10**12}]
    code = f"h{uuid.uuid4().hex[:8]}"
    agency = thing("Agency", code, {"code": "H26", "name": name, "budgets": budgets})
    tenant = {
        "request": "portal",
        "namespace": "h26-portal-staging",
        "agency": "H26",
        "level": 3,
        "starts": "2026-01-01",
        "ends": "2027-01-01",
        "price_vnd": 5,
        "material": DIGEST,
        "approved_at": "2026-01-01T00:00:00Z",
        "approved": request_of(),
    }

    assert put(served, namespace, agency)[0] == 201
    assert put(served, namespace, thing("Tenant", "portal", tenant))[0] == 201
    served.ask("DELETE", f"/apis/{GROUP}/{VERSION}/agencies/{code}")


@pytest.mark.platform
def test_list_reads_well(served, namespace, platform):
    _, made = put(served, namespace, request())
    path = f"/apis/{GROUP}/{VERSION}/namespaces/{namespace}/tenantrequests/portal/status"
    status = {"phase": "Pending", "price_vnd": 4_200_000, "waits_for": ["head"]}
    assert served.ask("PUT", path, {**made, "status": status})[0] == 200
    command = [str(find("kubectl").path), "--kubeconfig", str(platform.kubeconfig)]

    said = subprocess.run(
        [*command, "--context", platform.context, "get", "treq", "-n", namespace],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    head, row = said.splitlines()
    assert head.split() == [
        "NAME", "AGENCY", "SYSTEM", "STAGE", "LEVEL", "PHASE", "VND/MONTH", "ENDS", "AGE",
    ]  # fmt: skip
    assert row.split()[:7] == ["portal", "H26", "portal", "staging", "3", "Pending", "4200000"]


@pytest.mark.platform
def test_old_object_still_reads_after_a_new_optional_field(api, namespace):
    group = f"t{uuid.uuid4().hex[:8]}.sen.gov.vn"
    old = crd(REQUEST)
    old["metadata"]["name"], old["spec"]["group"] = f"tenantrequests.{group}", group
    old["spec"]["names"] = {"kind": "OldRequest", "plural": "tenantrequests"}
    new = copy.deepcopy(old)
    schema = new["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    schema["properties"]["note"] = {"type": "string", "maxLength": 100, "default": "-"}
    path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{old['metadata']['name']}"
    objects = f"/apis/{group}/{VERSION}/namespaces/{namespace}/tenantrequests"
    document = {**request(), "apiVersion": f"{group}/{VERSION}", "kind": "OldRequest"}

    assert api.ask("PATCH", f"{path}?fieldManager=test", old, APPLY)[0] == 201
    while api.ask("POST", objects, document)[0] == 404:
        pass
    assert api.ask("PATCH", f"{path}?fieldManager=test", new, APPLY)[0] == 200
    while "note" not in (read := json.loads(api.ask("GET", f"{objects}/portal")[1]))["spec"]:
        pass

    assert read["spec"]["note"] == "-"
    assert read["spec"]["requested_by"] == "an"
    api.ask("DELETE", path)
