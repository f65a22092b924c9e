"""The register of waivers: what it refuses, what a waiver covers, on which days."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policies.day import made_on, today
from policies.finding import Finding, Gate, Target, Verdict
from policies.gates.admission_waiver import MOST_BYTES, line, record
from policies.gates.pack import account
from policies.owner import owners_of
from policies.rule import Action
from policies.text import Text
from policies.waiver import Register, Waiver, load_register, parse, waived
from policies.waiver_check import host_rules, known_rules
from policies.waiver_record import later, person
from sen.paths import PROJECT
from stacks.problem import Language, ProblemError

START = date(2026, 11, 22)
DAY = timedelta(1)
DAYS = st.dates(date(2020, 1, 1), date(2090, 1, 1))
GOOD = {
    "id": "W-2026-001",
    "rule": "no-host-path",
    "object": {"kind": "apps/Deployment", "namespace": "h26-portal-staging", "name": "web"},
    "level": 3,
    "reason": "the scanner reads its key from the node",
    "owner": "Nguyễn Văn An",
    "approver": "Trần Thị Bình",
    "start": START,
    "end": date(2027, 11, 22),
    "compensating": "mounted read-only",
}
TARGET = Target("apps/Deployment", "web", "h26-portal-staging")


def said(**changed: object) -> dict[str, object]:
    return {key: each for key, each in {**GOOD, **changed}.items() if each is not None}


def waiver(**changed: object) -> Waiver:
    return Waiver.model_validate(said(**changed))


def text(*records: object) -> str:
    return yaml.safe_dump(list(records), allow_unicode=True)


def keys(*records: object) -> list[tuple[str, str]]:
    with pytest.raises(ProblemError) as refused:
        parse(text(*records))
    return [(each.key, each.thing) for each in refused.value.problems]


def about(**changed: object) -> dict[str, object]:
    return {"object": {**GOOD["object"], **changed}}  # type: ignore[dict-item]


REFUSED = {
    "unknown rule": ({"rule": "no-such-rule"}, "waiver-unknown-rule"),
    "rule as pattern": ({"rule": "no-*"}, "waiver-not-exact"),
    "name with star": (about(name="web*"), "waiver-not-exact"),
    "name as a regular expression": (about(name="web|api"), "waiver-not-exact"),
    "name with a question mark": (about(name="we?"), "waiver-not-exact"),
    "all names": (about(name="*"), "waiver-not-exact"),
    "name with a space": (about(name="web api"), "waiver-not-exact"),
    "name with a line": (about(name="web\n"), "waiver-not-exact"),
    "namespace with star": (about(namespace="h26-*"), "waiver-not-exact"),
    "kind with star": (about(kind="apps/*"), "waiver-not-exact"),
    "kind with version": (about(kind="apps/v1/Deployment"), "waiver-not-exact"),
    "kind that the rule does not judge": (about(kind="/Service"), "waiver-other-kind"),
    "kind that nobody knows": (about(kind="apps/Nothing"), "waiver-other-kind"),
    "host for a rule in CEL": (about(kind="host", namespace=""), "waiver-other-kind"),
    "no namespace": (about(namespace=""), "waiver-namespace"),
    "no reason": ({"reason": None}, "waiver-part-missing"),
    "no approver": ({"approver": None}, "waiver-part-missing"),
    "no end": ({"end": None}, "waiver-part-missing"),
    "no compensating measure": ({"compensating": None}, "waiver-part-missing"),
    "no object": ({"object": None}, "waiver-part-missing"),
    "empty reason": ({"reason": ""}, "waiver-malformed"),
    "level 6": ({"level": 6}, "waiver-malformed"),
    "strange key": ({"until": "ever"}, "waiver-malformed"),
    "end is no day": ({"end": "soon"}, "waiver-malformed"),
    "a day too long": ({"end": date(2027, 11, 23)}, "waiver-too-long"),
    "a day too long at level 4": ({"level": 4, "end": date(2027, 2, 23)}, "waiver-too-long"),
    "end before start": ({"end": date(2026, 11, 21)}, "waiver-ends-first"),
    "same person": ({"approver": "Nguyễn Văn An"}, "waiver-same-person"),
    "same person in capitals": ({"approver": "NGUYỄN VĂN  AN "}, "waiver-same-person"),
    "same person decomposed": (
        {"approver": unicodedata.normalize("NFD", "Nguyễn Văn An")},
        "waiver-same-person",
    ),
    "same person with an unseen mark": ({"approver": "Nguyễn\u200b Văn An"}, "waiver-same-person"),
    "rule with context": ({"rule": "quota-present"}, "waiver-not-possible"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_register_refuses_by_id(case):
    changed, key = REFUSED[case]

    assert keys(said(**changed)) == [(key, "W-2026-001")]


@pytest.mark.parametrize("lang", list(Language))
def test_refusal_names_rule_of_the_game_and_remedy(lang):
    with pytest.raises(ProblemError) as refused:
        parse(text(said(level=5, end=date(2027, 11, 22))))

    words = refused.value.problems[0].text(lang)
    assert "W-2026-001" in words
    assert "3" in words
    assert "2027-02-22" in words


GRANTED = {
    "to the day": {},
    "to the day at level 4": {"level": 4, "end": date(2027, 2, 22)},
    "one day": {"end": START},
    "ended early": {"ended": START + DAY},
    "ended before it began": {"ended": START - DAY},
    "maker of judged pods": about(kind="batch/CronJob"),
    "outside namespaces": {
        "rule": "no-admin-for-tenants",
        "object": {"kind": "rbac.authorization.k8s.io/ClusterRole", "name": "system:own"},
    },
}


@pytest.mark.parametrize("case", GRANTED)
def test_register_takes(case):
    assert parse(text(said(**GRANTED[case]))).waivers == (waiver(**GRANTED[case]),)


def test_all_problems_of_all_records_are_told_at_once():
    found = keys(said(id="W-1", rule="none"), said(id="W-2", approver=GOOD["owner"]), {"id": "W-3"})

    assert {thing for _, thing in found} == {"W-1", "W-2", "W-3"}
    assert found[-1] == ("waiver-same-person", "W-2")


def test_id_stands_for_one_waiver_however_it_is_written():
    other = said(id="w-2026-001", **about(name="api"))

    assert keys(said(), other) == [("waiver-twice", "w-2026-001")]


def test_two_waivers_of_the_same_may_follow_but_not_overlap():
    first = said(end=date(2026, 12, 31))
    touching, after = (
        said(id="W-2", start=date(2026, 12, 31) + shift, end=date(2027, 1, 31))
        for shift in (0 * DAY, DAY)
    )

    assert keys(first, touching) == [("waiver-overlap", "W-2")]
    assert len(parse(text(first, after)).waivers) == 2


def test_waiver_that_was_ended_makes_room_for_the_next():
    ended = said(ended=date(2026, 12, 1))
    after = said(id="W-2", start=date(2026, 12, 1))

    assert [each.id for each in parse(text(ended, after)).active(date(2026, 12, 1))] == ["W-2"]


@pytest.mark.parametrize("content", ["- [", "a: 1", "just words", "- 1", "- {id: [1]}"])
def test_file_that_is_no_register_is_refused(tmp_path, content):
    file = tmp_path / "waivers.yaml"
    file.write_text(content, "utf-8")

    with pytest.raises(ProblemError) as refused:
        load_register(file)

    assert "waivers.yaml" in str(refused.value)


def test_binary_file_is_refused_and_a_missing_one_holds_nothing(tmp_path):
    file = tmp_path / "waivers.yaml"
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ProblemError, match="waivers"):
        load_register(file)
    assert load_register(tmp_path / "none.yaml") == Register()


def test_own_register_is_whole():
    assert isinstance(load_register(), Register)


def test_rules_about_hosts_are_known_and_named_by_host(monkeypatch):
    monkeypatch.setattr("policies.waiver_check.host_rules", lambda: frozenset({"ssh-own"}))
    host = {"kind": "host", "name": "web01.gov.vn"}

    assert parse(text(said(rule="ssh-own", object=host))).waivers[0].object.kind == "host"
    assert keys(said(rule="ssh-own")) == [("waiver-other-kind", "W-2026-001")]


def test_known_rules_are_those_of_the_folders():
    assert "no-host-path" in known_rules()
    assert host_rules() <= known_rules()


def finding(target: Target = TARGET, **changed: object) -> Finding:
    said_: dict[str, object] = {
        "rule": "no-host-path",
        "controls": ("TCVN14423/AC-13",),
        "target": target,
        "verdict": Verdict.FAIL,
        "action": Action.DENY,
        "message": Text(vi="có thư mục", en="a path"),
        "remedy": Text(vi="bỏ đi", en="drop it"),
        "gate": Gate.PLAN,
        "seen_at": datetime(2026, 11, 22, tzinfo=UTC),
        "level": 3,
    }
    return Finding(**{**said_, **changed})  # type: ignore[arg-type]


def test_waived_finding_keeps_all_but_its_verdict():
    before = finding()

    (after,) = waived([before], Register((waiver(),)), START)

    assert (after.verdict, after.waiver, after.blocks) == (Verdict.WAIVED, "W-2026-001", False)
    assert after.record() == {**before.record(), "verdict": "waived", "waiver": "W-2026-001"}


@pytest.mark.parametrize(
    ("changed", "becomes"),
    [
        ({"action": Action.WARN}, Verdict.WAIVED),
        ({"verdict": Verdict.UNDETERMINED}, Verdict.WAIVED),
        ({"verdict": Verdict.UNDETERMINED, "unknown": ("spec",)}, Verdict.UNDETERMINED),
        ({"verdict": Verdict.PASS}, Verdict.PASS),
        ({"verdict": Verdict.NOT_APPLICABLE}, Verdict.NOT_APPLICABLE),
        ({"rule": "no-host-namespace"}, Verdict.FAIL),
        ({"level": 4}, Verdict.FAIL),
        ({"level": 2}, Verdict.WAIVED),
    ],
)
def test_only_what_would_be_refused_or_warned_of_is_waived(changed, becomes):
    (after,) = waived([finding(**changed)], Register((waiver(),)), START)

    assert after.verdict is becomes
    assert bool(after.waiver) is (becomes is Verdict.WAIVED)


def test_account_of_a_plan_says_which_waivers_were_used():
    found = waived([finding(), finding(rule="other")], Register((waiver(),)), START)

    words = account(found, 2, 1)

    assert "waivers used: 1" in words
    assert "W-2026-001 [no-host-path] Deployment h26-portal-staging/web" in words
    assert "waivers" not in account((finding(),), 2, 1)


def test_register_tells_what_is_active_expired_and_unused():
    now = waiver()
    over = waiver(id="W-2", end=START, **about(name="api"))
    early = waiver(id="W-3", ended=START - DAY, **about(name="job"))
    book = Register((now, over, early))

    assert book.active(START) == (now, over)
    assert book.active(START - DAY) == ()
    assert book.expired(START + DAY) == (over, early)
    assert book.unused([finding(waiver="W-2026-001")]) == (over, early)


@given(start=DAYS, length=st.integers(0, 80), day=DAYS, level=st.integers(1, 5))
def test_waiver_holds_from_its_first_to_its_last_day_and_no_other(start, length, day, level):
    one = waiver(start=start, end=start + length * DAY)

    held = Register((one,)).find("no-host-path", TARGET, day, level) is one

    assert held == (start <= day <= start + length * DAY and level <= one.level)


@given(start=DAYS, months=st.sampled_from([3, 12]))
def test_months_later_is_the_same_day_or_the_months_last(start, months):
    end = later(start, months)

    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + DAY).day == 1)


@given(first=st.tuples(DAYS, st.integers(0, 60)), second=st.tuples(DAYS, st.integers(0, 60)))
def test_overlap_is_a_day_on_which_both_hold(first, second):
    one, other = (waiver(start=day, end=day + length * DAY) for day, length in (first, second))

    shared = max(one.start, other.start) <= min(one.end, other.end)

    assert one.meets(other) == other.meets(one) == shared


@given(st.text(min_size=3))
def test_person_is_one_in_any_case_and_form(name):
    for form in ("NFC", "NFD", "NFKC"):
        assert person(unicodedata.normalize(form, name)) == person(name)
    assert person(f"  {name}\u200d ") == person(name)


@given(st.binary(max_size=200))
def test_any_text_is_read_or_refused_without_a_traceback(content):
    given_text = content.decode("utf-8", "replace")
    with suppress(ProblemError):
        assert isinstance(parse(given_text), Register)


@given(st.dictionaries(st.sampled_from([*GOOD, "x"]), st.none() | st.integers() | st.text()))
def test_any_record_is_read_or_refused_without_a_traceback(changed):
    with suppress(ProblemError):
        assert len(parse(text({**GOOD, **changed})).waivers) == 1


OWNED = {
    "none": ("/Pod", None, ()),
    "no list": ("/Pod", "web", ()),
    "no controller": ("/Pod", [{"apiVersion": "v1", "kind": "X", "name": "y"}], ()),
    "no name": ("/Pod", [{"apiVersion": "v1", "kind": "X", "controller": True}], ()),
    "strange": ("/Pod", ["web", 1], ()),
    "kind that nobody makes": (
        "apps/Deployment",
        [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "a-b", "controller": True}],
        (),
    ),
    "one step": (
        "apps/ReplicaSet",
        [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "controller": True}],
        (("apps/Deployment", "web"),),
    ),
    "two steps": (
        "/Pod",
        [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "w-e-b1", "controller": True}],
        (("apps/ReplicaSet", "w-e-b1"), ("apps/Deployment", "w-e")),
    ),
    "replica set of its own": (
        "/Pod",
        [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "controller": True}],
        (("apps/ReplicaSet", "web"),),
    ),
}


@pytest.mark.parametrize("case", OWNED)
def test_owners_are_read_off_the_controllers_reference(case):
    kind, references, expected = OWNED[case]
    metadata = {} if references is None else {"ownerReferences": references}

    assert owners_of(kind, metadata) == expected


def test_record_for_admission_is_one_line_a_waiver():
    cluster = waiver(
        rule="no-admin-for-tenants",
        object={"kind": "rbac.authorization.k8s.io/ClusterRole", "name": "own"},
    )

    assert line(waiver(ended=date(2026, 12, 1))) == (
        "h26-portal-staging apps/Deployment web no-host-path 2026-11-22 2026-11-30 3"
    )
    assert line(cluster).startswith("- rbac.authorization.k8s.io/ClusterRole own ")


def test_record_that_no_object_can_hold_is_refused():
    each = len(line(waiver())) + 1

    with pytest.raises(ProblemError) as refused:
        record([waiver()] * (MOST_BYTES // each + 1))

    assert refused.value.problems[0].key == "waiver-too-many"
    assert record([waiver()] * (MOST_BYTES // each))["metadata"]["name"] == "kube-system"


def test_day_is_of_utc_or_as_told(monkeypatch):
    monkeypatch.setenv("SEN_DAY", "2027-01-02")
    assert today() == date(2027, 1, 2)

    monkeypatch.setenv("SEN_DAY", "tomorrow")
    with pytest.raises(ProblemError, match="SEN_DAY"):
        today()

    monkeypatch.delenv("SEN_DAY")
    assert abs(today() - datetime.now(UTC).date()) <= DAY


@pytest.mark.parametrize(
    ("stamp", "day"),
    [("2026-11-22T01:02:03Z", START), ("never", None), (None, None), (b"sen:unknown", None)],
)
def test_day_of_a_timestamp(stamp, day):
    assert made_on(stamp) == day


def test_no_role_of_the_platform_may_write_the_record():
    roles = yaml.safe_load((PROJECT / "stacks/components/data/roles.yaml").read_text("utf-8"))
    verbs = {
        verb
        for rules in roles.values()
        for rule in rules
        if set(rule["resources"]) & {"namespaces", "namespaces/status", "*"}
        for verb in rule["verbs"]
    }

    assert verbs == {"get", "list", "watch"}
