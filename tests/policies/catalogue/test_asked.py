"""What a control asks of a system on a day: transition, levels, the strictest instrument."""

from datetime import date, timedelta

import pytest

from policies.catalogue import (
    RegimeName,
    Standing,
    all_controls,
    asked,
    binding,
    control,
    regime_on,
    shelf_life,
    strictest,
)
from policies.catalogue.parameter import of_control
from stacks.problem import Language, ProblemError

NOW = date(2026, 11, 21)
EARLIER = date(2024, 1, 1)
NEW, OLD = RegimeName.TCVN14423, RegimeName.TCVN11930


def answer(name, level, day=NOW, classified=None, under=None, applies=()):
    regime = regime_on(day, classified, under)
    return asked(control(name), level, day, regime, applies)


def values(found):
    return {each.parameter.name: each.value for each in found.values}


@pytest.mark.parametrize(
    ("day", "classified", "under", "name"),
    [
        (date(2026, 8, 18), None, None, OLD),
        (date(2026, 8, 19), None, None, NEW),
        (NOW, date(2026, 8, 18), None, OLD),
        (NOW, date(2026, 8, 19), None, NEW),
        (NOW, NOW, None, NEW),
        (NOW, None, "tcvn11930", OLD),
        (date(2026, 12, 31), None, "tcvn11930", OLD),
        (date(2027, 1, 1), None, "tcvn11930", NEW),
        (date(2027, 6, 30), EARLIER, None, OLD),
        (date(2027, 7, 1), EARLIER, None, NEW),
        (date(2027, 7, 1), date(2026, 12, 31), "tcvn11930", NEW),
        (date(2027, 1, 1), date(2026, 12, 31), "TCVN11930", OLD),
    ],
)
def test_the_days_decide_which_regime_binds(day, classified, under, name):
    assert regime_on(day, classified, under).name is name


@pytest.mark.parametrize(
    ("day", "classified", "under", "key"),
    [
        (NOW, None, "iso27001", "catalogue-unknown-regime"),
        (NOW, date(2026, 11, 22), None, "catalogue-classified-later"),
        (NOW, EARLIER, "tcvn14423", "catalogue-regime-not-yet"),
        (date(2026, 8, 18), None, "tcvn14423", "catalogue-regime-not-yet"),
        (date(2027, 3, 1), date(2027, 1, 1), "tcvn11930", "catalogue-regime-over"),
    ],
)
def test_dates_that_do_not_fit_the_regime_are_refused(day, classified, under, key):
    with pytest.raises(ProblemError) as refused:
        regime_on(day, classified, under)

    assert [each.key for each in refused.value.problems] == [key]


def test_a_new_system_is_asked_by_the_new_standard():
    found = answer("NW-07", 4)

    assert (found.standing, found.clause) == (Standing.ASKED, "6.12.2.2 a")
    assert values(found)["hot-standby"] is True
    assert values(found)["international-routes"] == 2
    assert found.notes == ()
    assert "unverified" in found.caveat.en
    assert "chưa đối chiếu" in found.caveat.vi


def test_a_level_that_does_not_ask_says_so():
    found = answer("NW-08", 4)

    assert (found.standing, found.clause, found.values) == (Standing.NOT_AT_LEVEL, None, ())
    assert "does not ask" in found.notes[-1].en
    assert answer("NW-08", 5).clause == "7.12.2.2 a"


def test_a_classified_system_has_twelve_months_and_keeps_the_old_standard():
    new, old = (answer(name, 3, classified=EARLIER) for name in ("NW-07", "T-NET-DESIGN"))

    assert new.standing is Standing.COMING
    assert "keeps its level" in new.notes[0].en
    assert "2027-07-01" in new.notes[1].en
    assert (old.standing, old.clause) == (Standing.ASKED, "7.2.1.1*")
    assert {"TCVN14423/NW-07", "TCVN14423/NW-13"} <= set(old.equivalents)


def test_a_system_in_investment_is_told_both_days():
    (note,) = regime_on(NOW, date(2026, 9, 1), "tcvn11930").notes

    assert "2026-12-31" in note.en
    assert "2027-06-30" in note.en
    assert "2026-12-31" in note.vi


@pytest.mark.parametrize(("day", "said"), [(30, "keeps its level"), (31, "Decree 85/2016")])
def test_the_first_of_july_parts_classified_systems_from_those_in_investment(day, said):
    approved = date(2026, 5, 31) + timedelta(days=day)

    assert said in regime_on(NOW, approved).notes[0].en


def test_after_the_transition_the_new_standard_holds_and_the_old_one_is_superseded():
    later = date(2027, 7, 1)
    new, old = (answer(name, 3, later, EARLIER) for name in ("NW-07", "T-NET-DESIGN"))

    assert new.standing is Standing.ASKED
    assert "2027-06-30" in new.notes[0].en
    assert old.standing is Standing.SUPERSEDED


def test_before_the_change_nothing_is_said_about_it():
    assert regime_on(date(2025, 1, 1), EARLIER).notes == ()


def test_duties_of_the_new_decree_bind_old_systems_at_once_but_its_measures_do_not():
    assert answer("D331/IR-1", 3, classified=EARLIER).standing is Standing.ASKED
    assert answer("D331/CL-1", 3, classified=EARLIER).standing is Standing.COMING
    assert answer("D331/IR-1", 3, date(2026, 8, 18), EARLIER).standing is Standing.COMING


def test_a_rented_cloud_at_level_4_was_physically_apart_and_is_logically_apart_now():
    def apart(**given):
        regime = regime_on(NOW, **given)
        return strictest("system-separation", 4, NOW, regime, {"rented-cloud"})

    new, old = apart(), apart(classified=EARLIER)

    assert (new.value, new.instrument) == ("logical", "D331")
    assert (old.value, old.instrument) == ("physical", "TT12")


@pytest.mark.parametrize(
    ("level", "applies", "value", "instrument"),
    [
        (1, {"online-service"}, 12, "D333"),
        (3, {"online-service"}, 12, "D333"),
        (3, (), 3, "TCVN14423"),
        (4, (), 6, "TCVN14423"),
        (5, (), 12, "TCVN14423"),
    ],
)
def test_the_strictest_log_retention_wins_and_the_answer_says_whose(
    level, applies, value, instrument
):
    (found,) = answer("LG-07", level, applies=applies).strictest

    assert (found.value, found.instrument) == (value, instrument)


def test_a_stricter_value_under_an_unknown_condition_is_told():
    (found,) = answer("LG-07", 3).strictest

    assert [each.parameter.control for each in found.might] == ["D333/LG-1"]
    (known,) = answer("LG-07", 3, applies={"online-service"}).strictest
    assert known.might == ()
    assert [each.value for each in known.others] == [3]
    (equal,) = answer("LG-07", 5).strictest
    assert equal.might == (), "as strict is not stricter"
    (none,) = answer("LG-07", 1).strictest
    assert (none.value, none.instrument, len(none.might)) == (None, None, 1)


def test_before_a_decree_is_in_force_it_does_not_count():
    day = date(2026, 8, 18)
    regime = regime_on(day)

    found = strictest("log-retention", 3, day, regime, {"online-service"})

    assert (found.value, found.says.doubtful) == (3, True)
    assert {each.parameter.control for each in (found.says, *found.others)} == {
        "TCVN11930/T-NET-LOG",
        "TCVN11930/T-SRV-LOG",
        "TCVN11930/T-APP-LOG",
    }


def test_the_shorter_notice_is_the_stricter_one():
    regime = regime_on(NOW)
    both = strictest("first-notice", 3, NOW, regime, {"serious-incident", "personal-data"})

    assert (both.value, both.instrument) == (24, "D331")
    data = strictest("first-notice", 3, NOW, regime, {"personal-data"})
    assert (data.value, [each.value for each in data.might]) == (72, [24])
    assert strictest("no-such-topic", 3, NOW, regime) is None


def test_of_several_intervals_the_shortest_is_the_shelf_life(monkeypatch):
    both = (*of_control("TCVN14423/CF-05"), *of_control("TCVN14423/AC-04"))
    monkeypatch.setattr("policies.catalogue.demand.of_control", lambda _: both)

    assert shelf_life("TCVN14423/AC-04", 4) == 3


def test_shelf_life_is_the_interval_of_the_level():
    assert [shelf_life("TCVN14423/AC-04", level) for level in range(1, 6)] == [12, 12, 6, 3, 1]
    assert shelf_life("TCVN14423/BK-10", 3) is None
    assert shelf_life("TCVN14423/BK-10", 5) == 3
    assert shelf_life("TCVN14423/AC-07", 3) is None, "a password's age is no interval of looking"


@pytest.mark.parametrize(
    ("spelling", "known"),
    [
        ("NW-07", "TCVN14423/NW-07"),
        (" nw-07 ", "TCVN14423/NW-07"),
        ("tcvn14423/nw-07", "TCVN14423/NW-07"),
        ("D331-CL-1", "D331/CL-1"),
        ("D278-1", "D278/1"),
        ("t-net-log", "TCVN11930/T-NET-LOG"),
    ],
)
def test_a_control_is_found_in_any_spelling(spelling, known):
    assert control(spelling).id == known


@pytest.mark.parametrize(
    ("wrong", "close"), [("NW-77", "NW-"), ("D331/CL-9", "D331/CL-"), ("?", "TCVN14423/AC-01")]
)
def test_an_unknown_control_is_refused_with_the_closest(wrong, close):
    with pytest.raises(ProblemError) as refused:
        control(wrong)

    assert close in refused.value.problems[0].text(Language.EN)


def test_every_control_gets_an_answer_at_every_level_under_both_regimes():
    checked = 0
    for regime in (regime_on(NOW), regime_on(NOW, EARLIER)):
        for each in all_controls().values():
            for level in range(1, 6):
                found = asked(each, level, NOW, regime)
                assert (found.standing is Standing.ASKED) == (
                    level in each.clauses and regime.binds(each.id)
                )
                checked += 1
    assert checked == 2 * 5 * (182 + 26 + 53)


def test_what_binds_a_level_holds_only_what_it_is_asked():
    new = [len(binding(level, regime_on(NOW))) for level in range(1, 6)]
    old = [len(binding(level, regime_on(NOW, EARLIER))) for level in range(1, 6)]

    assert new == sorted(new)
    at_4 = {each.id for each in binding(4, regime_on(NOW))}
    assert sum(each.startswith("TCVN14423/") for each in at_4) == 169
    assert not {"TCVN14423/NW-08", "TCVN11930/T-NET-LOG", "TT12/CL"} & at_4
    assert {"D331/CL-1", "D333/LG-1"} <= at_4
    old_4 = {each.id for each in binding(4, regime_on(NOW, EARLIER))}
    assert {"TCVN11930/T-NET-LOG", "TCVN11930/M-RISK", "TT12/CL", "D331/IR-1"} <= old_4
    assert not {"TCVN11930/T-NET", "TCVN14423/NW-07", "D331/CL-1"} & old_4
    assert len(old) == 5
