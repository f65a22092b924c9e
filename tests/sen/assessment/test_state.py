"""A control is as good as the worst that was seen of it; nothing is green without being seen."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.catalogue import shelf_life
from policies.control import Automation, controls
from policies.finding import Gate, Verdict
from sen.assessment.state import (
    LONGEST_MONTHS,
    WORST_FIRST,
    Attested,
    Eye,
    Knowledge,
    eye_of,
    state,
    states,
    worst,
)
from sen.assessment.weight import Lack, Moment, Status, later, weigh
from tests.sen.assessment.finding_of import NOON, ago, finding, seen

TODAY = Moment(NOON, 3)
PLATFORM = controls()["TCVN14423/SW-04"]
PEOPLE = controls()["TCVN14423/RM-01"]
BOTH = controls()["TCVN14423/SW-01"]
LOOKED = frozenset(Eye)


def stood(control=PLATFORM, moment=TODAY, every=(), **known):
    given_ = {"looked": LOOKED, "seen": {control.id: list(every)}, **known}
    return state(control, moment, Knowledge(**given_))


def test_the_samples_are_what_the_tests_take_them_for():
    assert PLATFORM.automation is Automation.PLATFORM
    assert PEOPLE.automation is Automation.EVIDENCE
    assert BOTH.automation is Automation.PARTLY


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ([], Status.NOT_ASSESSED),
        ([Verdict.PASS], Status.PASS),
        ([Verdict.PASS, Verdict.WAIVED], Status.WAIVED),
        ([Verdict.PASS, Verdict.NOT_ASSESSED], Status.NOT_ASSESSED),
        ([Verdict.NOT_ASSESSED, Verdict.UNDETERMINED, Verdict.PASS], Status.UNDETERMINED),
        ([Verdict.PASS, Verdict.UNDETERMINED, Verdict.FAIL, Verdict.WAIVED], Status.FAIL),
        ([Verdict.NOT_APPLICABLE], Status.NOT_ASSESSED),
        ([Verdict.NOT_APPLICABLE, Verdict.PASS], Status.PASS),
    ],
)
def test_the_worst_finding_decides(verdicts, status):
    assert stood(every=[seen(each) for each in verdicts]).status is status


@given(st.lists(st.sampled_from(list(Verdict)), min_size=1, max_size=6), st.randoms())
def test_one_more_finding_never_makes_it_better_but_by_being_the_first(verdicts, random):
    every = [seen(each) for each in verdicts]
    whole = stood(every=every).status
    random.shuffle(every)

    assert stood(every=every).status is whole
    assert WORST_FIRST[whole] <= min(
        WORST_FIRST[stood(every=[each]).status]
        for each in every
        if each.finding.verdict is not Verdict.NOT_APPLICABLE
        or all(one.finding.verdict is Verdict.NOT_APPLICABLE for one in every)
    )


@given(st.integers(0, 800), st.sampled_from(list(Verdict)))
def test_only_what_is_green_goes_stale_and_stale_is_never_green(days, verdict):
    status, _ = weigh(finding(verdict, seen_at=ago(days)), 12, TODAY)
    old = later(ago(days), 12) < NOON

    green = verdict in {Verdict.PASS, Verdict.WAIVED}
    assert (status is Status.STALE) == (old and green)


@given(st.sampled_from(list(Verdict)), st.integers(1, 5), st.integers(1, 5))
def test_nothing_is_green_that_did_not_pass_at_this_level_or_above(verdict, at, level):
    status, _ = weigh(finding(verdict, level=at), 12, Moment(NOON, level))

    if status is Status.PASS:
        assert verdict is Verdict.PASS
        assert at >= level


@pytest.mark.parametrize(
    ("verdict", "at", "status", "lack"),
    [
        (Verdict.PASS, 2, Status.NOT_ASSESSED, Lack.OTHER_LEVEL),
        (Verdict.PASS, 5, Status.PASS, None),
        (Verdict.FAIL, 2, Status.FAIL, None),
        (Verdict.FAIL, 5, Status.UNDETERMINED, None),
        (Verdict.NOT_ASSESSED, 3, Status.NOT_ASSESSED, Lack.GATE_COULD_NOT),
        (Verdict.NOT_APPLICABLE, 3, None, Lack.NOT_APPLICABLE),
    ],
)
def test_what_was_judged_at_another_level_counts_only_where_it_must(verdict, at, status, lack):
    assert weigh(finding(verdict, level=at), 12, TODAY) == (status, lack)


def test_the_shelf_life_is_the_intervals_of_the_control():
    control = controls()["TCVN14423/HW-07"]
    old = [seen(seen_at=ago(100))]

    assert shelf_life(control.id, 3) == 6
    assert stood(control, every=old).status is Status.PASS
    assert stood(control, Moment(NOON, 4), [seen(seen_at=ago(100), level=4)]).status is Status.STALE


def test_a_control_without_an_interval_goes_stale_after_the_longest():
    assert shelf_life(PLATFORM.id, 3) is None
    assert stood().months == LONGEST_MONTHS
    assert stood(every=[seen(seen_at=ago(364))]).status is Status.PASS
    assert stood(every=[seen(seen_at=ago(367))]).status is Status.STALE


def test_one_stale_object_makes_the_control_stale():
    every = [seen(), seen(seen_at=ago(400), rule="b")]

    found = stood(every=every)

    assert found.status is Status.STALE
    assert found.deciding is every[1]
    assert found.last is every[0]
    assert found.stale_from == later(ago(400), 12)
    assert (found.gates, found.objects) == (("live",), 1)


def test_what_comes_after_the_day_is_not_known_yet():
    assert stood(every=[seen(seen_at=ago(-1))]).status is Status.NOT_ASSESSED


@pytest.mark.parametrize(
    ("waivers", "status"),
    [
        (None, Status.WAIVED),
        ({"W-1": date(2026, 11, 22)}, Status.WAIVED),
        ({"W-1": date(2026, 11, 21)}, Status.FAIL),
        ({}, Status.FAIL),
    ],
)
def test_a_waiver_ends_with_its_day(waivers, status):
    every = [seen(Verdict.WAIVED, waiver="W-1")]

    assert stood(moment=Moment(NOON, 3, waivers), every=every).status is status


def test_days_are_those_of_viet_nam():
    assert Moment(NOON.replace(hour=18), 3).day == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("control", "known", "lacks"),
    [
        (PLATFORM, {}, (Lack.NO_RULE,)),
        (PLATFORM, {"ruled": {PLATFORM.id: frozenset({Eye.CLUSTER})}}, (Lack.NEVER_SEEN,)),
        (PEOPLE, {}, (Lack.NO_EVIDENCE,)),
        (BOTH, {}, (Lack.NO_RULE, Lack.NO_EVIDENCE)),
    ],
)
def test_what_is_not_assessed_says_why(control, known, lacks):
    found = stood(control, **known)

    assert (found.status, found.lacks) == (Status.NOT_ASSESSED, lacks)
    assert found.deciding is None
    assert found.stale_from is None


@pytest.mark.parametrize(
    ("eye", "lack"),
    [
        (Eye.HOST, Lack.NO_HOST_RUN),
        (Eye.CLOUD, Lack.NO_CLOUD_RUN),
    ],
)
def test_a_control_is_not_green_before_every_kind_of_gate_has_looked(eye, lack):
    ruled = {PLATFORM.id: frozenset({Eye.CLUSTER, eye})}
    half = {"ruled": ruled, "looked": frozenset({Eye.CLUSTER})}

    assert stood(every=[seen()], **half).status is Status.NOT_ASSESSED
    assert stood(every=[seen()], **half).lacks == (lack,)
    assert stood(every=[seen()], ruled=ruled).status is Status.PASS


@pytest.mark.parametrize(
    ("control", "every", "paper", "status"),
    [
        (PEOPLE, [], Status.PASS, Status.PASS),
        (PEOPLE, [], Status.STALE, Status.STALE),
        (PEOPLE, [], Status.NOT_ASSESSED, Status.NOT_ASSESSED),
        (BOTH, [], Status.PASS, Status.NOT_ASSESSED),
        (BOTH, [seen()], Status.PASS, Status.PASS),
        (BOTH, [seen()], Status.STALE, Status.STALE),
        (BOTH, [seen(Verdict.FAIL)], Status.PASS, Status.FAIL),
        (PLATFORM, [], Status.PASS, Status.NOT_ASSESSED),
    ],
)
def test_peoples_evidence_is_a_half_of_what_they_must_show(control, every, paper, status):
    attested = {control.id: Attested(control.id, paper, "Quyết định 12")}

    assert stood(control, every=every, attested=attested).status is status


def test_every_control_of_the_level_has_a_state_and_none_is_green_without_evidence():
    found = states(TODAY, Knowledge())

    assert len(found) > 140
    assert {each.status for each in found} == {Status.NOT_ASSESSED}
    assert all(each.lacks for each in found)
    assert "TT12/CL" not in {each.control.id for each in found}


def test_a_system_of_the_old_regime_is_held_to_the_old_standard_by_the_same_rules():
    moment = Moment(NOON, 3, classified=date(2025, 1, 1))
    known = {"TCVN14423/NW-17": [seen(controls=("TCVN14423/NW-17",))]}

    found = states(moment, Knowledge(seen=known, looked=LOOKED))

    green = [each.control.id for each in found if each.seen]
    assert green
    assert all(name.startswith("TCVN11930/") for name in green)


def test_the_worst_of_nothing_is_not_assessed():
    assert worst([]) is Status.NOT_ASSESSED


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-11-22", 12, "2027-11-22"),
        ("2027-12-31", 6, "2028-06-30"),
    ],
)
def test_months_are_the_calendars(start, months, end):
    moment = NOON.fromisoformat(f"{start}T12:00:00+00:00")

    assert later(moment, months).date().isoformat() == end


@pytest.mark.parametrize(
    ("gate", "eye"),
    [(Gate.HOST, Eye.HOST), (Gate.CLOUD, Eye.CLOUD), (Gate.PLAN, Eye.CLUSTER)],
)
def test_each_gate_sees_one_kind_of_thing(gate, eye):
    assert eye_of(gate) is eye
