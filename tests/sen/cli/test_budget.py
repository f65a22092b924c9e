"""`sen budget` against a real API server: set, show, forecast, showback."""

from __future__ import annotations

import csv
import json
import os

import pytest
import yaml

from sen import local
from sen.budget.bill import COLUMNS
from sen.budget.limiting import write
from sen.budget.reading import read
from sen.errors import MissingPartError, RefusedError
from sen.evidence.place import chain_of
from sen.local.platform import Platform
from stacks.models.agency import agencies
from stacks.models.objects import KINDS
from stacks.models.objects.crd import crd
from tests.sen.budget.objects import TODAY, agency, namespace, tenant
from tests.stacks.apply import Person

PROVINCE = "H50"
COMMUNE = agencies().children(PROVINCE)[0].code
DESK, SLUG = "h50-desk-production", "budgeted"
OBJECT, FROM_FILE = f"h50-{SLUG}-staging", f"{COMMUNE.lower().replace('.', '-')}-{SLUG}-staging"
YEAR = TODAY.year
GROUP = "/apis/sen.gov.vn/v1alpha1"
AGENCIES = f"{GROUP}/agencies"
grouped = pytest.mark.xdist_group("budget-cli")


@pytest.fixture(scope="module")
def platform(tools):
    """A platform of its own: whoever installs the kinds anew makes the API server forget them."""
    mine = Platform(f"budget{os.getpid()}")
    local.up(mine, fsync=False)
    yield mine
    local.reset(mine)


@pytest.fixture(scope="module")
def administrator(platform):
    return Person(platform.kubeconfig, platform.context)


def served(administrator):
    return administrator.ask("GET", GROUP).body.get("resources", ())


@pytest.fixture(scope="module")
def tenants(platform, administrator):
    """One approved at a frozen price, one of a commune's built from a file; and the kinds."""
    made = {"apiVersion": "sen.gov.vn/v1alpha1", **tenant(SLUG, agency=PROVINCE, price=36_500)}
    made["metadata"]["namespace"] = DESK
    desk = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": DESK}}
    for each in map(crd, KINDS):
        assert administrator.apply(each).status in {200, 201}
    wanted = {each.plural for each in KINDS}
    while not wanted <= {each["name"] for each in served(administrator)}:
        pass
    for each in (desk, namespace(SLUG, agency=COMMUNE), made):
        answer = administrator.apply(each)
        assert answer.status in {200, 201}, answer.message
    yield platform
    for name in (DESK, FROM_FILE):
        administrator.ask("DELETE", f"/api/v1/namespaces/{name}")


@pytest.fixture
def call(sen, tenants, administrator):
    """Call `sen budget` of the platform; limits that were set are gone afterwards."""
    yield lambda *words: sen("budget", *words, "--name", tenants.name)
    for code in (PROVINCE, COMMUNE):
        administrator.ask("DELETE", f"{AGENCIES}/{code.lower()}")


def rows(said):
    return {next(iter(row.values())): row for row in json.loads(said.out)}


@pytest.mark.platform
@grouped
def test_a_limit_is_set_recorded_and_shown(call, platform):
    first = call("set", PROVINCE, "--year", YEAR, "--vnd", 10**9)
    quota = call("set", "h50", "--cpu", 40, "--memory-gib", 100, "--storage-gib", 1000)
    again = call("set", PROVINCE, "--cpu", 40)
    shown = json.loads(call("show", "--agency", PROVINCE, "-o", "json").out)

    assert (first.code, quota.code) == (0, 0), first.err + quota.err
    assert again.out == f"{PROVINCE}: cpu 40: it is so already\n"
    found = {each["what"]: each for each in shown}
    assert found["cpu"] == {
        "agency": PROVINCE,
        "what": "cpu",
        "limit": 40,
        "asked": 0,
        "granted": 2,
        "left": 38,
    }
    assert found[f"vnd-{YEAR}"]["limit"] == 10**9
    acts = [each for each in chain_of(platform).records() if each.act == "budget.set"]
    assert [each.data["limits"].keys() for each in acts[-2:]] == [
        {f"vnd-{YEAR}"},
        {"cpu", "memory_gib", "storage_gib"},
    ]
    assert (acts[-1].about, acts[-1].by) == (PROVINCE, "sen:admin")


@pytest.mark.platform
@grouped
def test_years_and_quota_are_kept_when_another_is_set(call, administrator):
    for words in (("--year", 2030, "--vnd", 5), ("--year", 2031, "--vnd", 6)):
        assert call("set", PROVINCE, *words).code == 0
    call("set", PROVINCE, "--cpu", 9, "--memory-gib", 99, "--storage-gib", 999)
    assert call("set", PROVINCE, "--memory-gib", 100).code == 0

    spec = administrator.ask("GET", f"{AGENCIES}/h50").body["spec"]
    assert spec["name"] == {"vi": "Tỉnh Quảng Trị", "en": spec["name"]["en"]}
    assert spec["budgets"] == [{"year": 2030, "vnd": 5}, {"year": 2031, "vnd": 6}]
    assert (spec["quota"]["cpu"], spec["quota"]["memory_gib"]) == (9, 100)


@pytest.mark.platform
@grouped
def test_what_contradicts_grants_or_the_hierarchy_is_refused_and_not_recorded(call, platform):
    call("set", PROVINCE, "--year", 2040, "--vnd", 100)
    before = chain_of(platform).last().sequence

    granted = call("set", PROVINCE, "--cpu", 1, "--memory-gib", 99, "--storage-gib", 999)
    child = call("set", COMMUNE, "--year", 2040, "--vnd", 101)

    assert (granted.code, child.code) == (1, 1)
    assert granted.err == (
        f"{PROVINCE}: 1 of cpu are less than what is granted already: 2; set a limit of 2 or more; "
        "what is granted comes back when tenants end\n"
    )
    assert f"{COMMUNE}: 101 of vnd-2040 are more than {PROVINCE} above it may have" in child.err
    assert chain_of(platform).last().sequence == before


@pytest.mark.platform
@grouped
def test_a_change_that_somebody_made_meanwhile_is_not_overwritten(call, platform, administrator):
    call("set", PROVINCE, "--year", 2041, "--vnd", 1)
    stale = administrator.ask("GET", f"{AGENCIES}/h50").body
    call("set", PROVINCE, "--year", 2041, "--vnd", 2)
    body = {
        "apiVersion": stale["apiVersion"],
        "kind": "Agency",
        "metadata": {key: stale["metadata"][key] for key in ("name", "resourceVersion")},
        "spec": stale["spec"],
    }
    fresh = {**body, "metadata": {"name": "h50"}}

    for each in (body, fresh):
        with pytest.raises(RefusedError, match="somebody changed this agency meanwhile"):
            write(platform.kubeconfig, platform.context, each)


@pytest.mark.platform
@grouped
def test_a_forecast_counts_tenants_of_objects_and_of_files(call):
    call("set", COMMUNE, "--year", YEAR, "--vnd", 10**12)

    said = call("forecast", "--agency", PROVINCE, "-o", "json")

    found = rows(said)
    assert said.code == 0, said.err
    assert found.keys() == {PROVINCE, COMMUNE}
    province, commune = found[PROVINCE], found[COMMUNE]
    assert province["total"] > commune["total"] > 0
    assert province["total"] == sum(province[f"{month:02}"] for month in range(1, 13))
    assert commune["left"] == 10**12 - commune["total"]
    assert province["budget"] is None


@pytest.mark.platform
@grouped
def test_a_budget_that_does_not_suffice_is_a_finding(call):
    assert call("set", COMMUNE, "--year", YEAR, "--vnd", 1).code == 0

    said = call("forecast", "--agency", COMMUNE, "--year", YEAR)

    assert said.code == 1
    assert "over_from" in said.out
    assert f"{COMMUNE}: {YEAR} will cost" in said.err
    assert f"from month {TODAY.month} on" in said.err


@pytest.mark.platform
@grouped
def test_a_bill_is_written_for_people_and_for_programs(call, tmp_path):
    file = tmp_path / "tháng.csv"
    time = ("--year", YEAR + 1, "--month", 1)

    table = call("showback", "--by", "agency", *time, "--csv", file)
    by_agency = json.loads(call("showback", "--by", "agency", *time, "-o", "json").out)
    by_tenant = yaml.safe_load(call("showback", "--by", "tenant", *time, "-o", "yaml").out)

    read_back = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    assert table.code == 0, table.err
    assert "total" in table.out
    assert tuple(read_back[0]) == COLUMNS
    assert {row["key"]: row["name"] for row in read_back}[PROVINCE] == "Tỉnh Quảng Trị"
    assert {row["key"]: row["vnd"] for row in by_tenant}[OBJECT] == 36_500 * 12 * 31 // 365
    assert FROM_FILE in {row["key"] for row in by_tenant}
    assert {PROVINCE, COMMUNE} <= {row["key"] for row in by_agency}
    assert file.read_bytes().count(b"\r\n") == len(read_back) + 1


@pytest.mark.platform
@grouped
def test_what_cannot_be_counted_is_said_beside_the_answer(call, administrator):
    broken = namespace("broken", agency=COMMUNE)
    broken["metadata"]["annotations"]["sen.gov.vn/price-vnd-month"] = "much"
    assert administrator.apply(broken).status == 201

    try:
        said = call("forecast", "--agency", PROVINCE, "-o", "json")
    finally:
        administrator.ask("DELETE", f"/api/v1/namespaces/{broken['metadata']['name']}")

    assert said.code == 0
    assert f"Namespace/{broken['metadata']['name']}: this is not counted" in said.err
    assert rows(said).keys() == {PROVINCE, COMMUNE}


@pytest.mark.platform
@grouped
def test_a_file_that_cannot_be_written_is_told(call, tmp_path):
    said = call("showback", "--csv", tmp_path / "none" / "bill.csv")

    assert (said.code, said.out) == (2, "")
    assert "make the folder first" in said.err


@pytest.mark.platform
@grouped
def test_without_the_kinds_files_are_counted_and_nothing_is_set(sen, tenants, monkeypatch):
    monkeypatch.setattr("sen.budget.reading.VERSION", "v9")
    monkeypatch.setattr("sen.budget.limiting.VERSION", "v9")
    found = read(tenants.kubeconfig, tenants.context)

    said = sen("budget", "set", PROVINCE, "--year", 2030, "--vnd", 1, "--name", tenants.name)

    assert not found.installed
    assert FROM_FILE in {each["metadata"]["name"] for each in found.namespaces}
    assert said.code == 3
    assert "sen operator install" in said.err
    body = {**agency(PROVINCE), "apiVersion": "sen.gov.vn/v9"}
    with pytest.raises(MissingPartError, match="sen operator install"):
        write(tenants.kubeconfig, tenants.context, body)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("set", "H26"), "no limit is named"),
        (("set", "H26", "--year", 2026), "give --year and --vnd together"),
        (("set", "H26", "--vnd", 5, "--cpu", 2), "give --year and --vnd together"),
        (("set", "X99", "--cpu", 5), "X99"),
        (("set", "H26", "--cpu", 0), "--cpu"),
        (("set", "H26", "--year", 2025, "--vnd", 5), "--year"),
        (("show", "--agency", "X99"), "X99"),
        (("forecast", "--agency", "X99"), "X99"),
        (("showback", "--month", 13), "--month"),
        (("showback", "--by", "colour"), "--by"),
    ],
)
def test_words_that_make_no_sense_are_refused_before_anything_is_asked(sen, words, why):
    said = sen("budget", *words, "--name", "nowhere")

    assert (said.code, said.out) == (2, "")
    assert why in said.err


@pytest.mark.parametrize(
    "words", [("show",), ("set", "H26", "--cpu", 5), ("forecast",), ("showback",)]
)
def test_a_platform_that_was_never_up_is_told(sen, monkeypatch, tmp_path, words):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    said = sen("budget", *words, "--name", "nowhere")

    assert (said.code, said.out) == (3, "")
    assert "sen local up" in said.err


def test_a_refusal_is_told_in_vietnamese_too(sen, monkeypatch):
    monkeypatch.setenv("SEN_LANG", "vi")

    assert "hãy dùng đồng thời --year và --vnd" in sen("budget", "set", "H26", "--year", 2026).err
