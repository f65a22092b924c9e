"""The catalogue's data fit each other: parameters the tables, mappings the controls."""

from __future__ import annotations

import csv
import re
from datetime import date

import pytest

from policies.catalogue import (
    ParameterKind,
    Strength,
    all_controls,
    control,
    equivalents,
    instruments,
    mapping,
    measures,
    parameters,
    plan_parts,
    succession,
)
from policies.catalogue.instrument import FOLDER, Standing, book
from policies.catalogue.parameter import Parameter, of_control
from policies.catalogue.selection import headings
from policies.control import STANDARD, Automation, controls, old_controls

# Rows of tightening.csv, and the parameters that hold them, in the row's order.
TIGHTENING = {
    "log retention (months)": ["LG-07#log-retention"],
    "log review (months)": ["LG-08#review-interval"],
    "account review (months)": ["AC-04#review-interval"],
    "data-permission check (months)": ["IA-04#review-interval"],
    "vulnerability scan, whole / important (months)": [
        "VM-03#scan-interval",
        "VM-04#scan-interval",
    ],
    "unauthorised devices (months)": ["HW-07#scan-interval"],
    "unauthorised software (months)": ["SW-08#scan-interval"],
    "restore test (months)": ["BK-10#test-interval"],
    "network diagram (months)": ["NW-04#update-interval"],
    "SBOM (months)": ["SD-04#update-interval"],
    "alert tuning (months)": ["MO-07#tune-interval"],
    "inactive account (days)": ["AC-11#inactive-account"],
    "administrator password age (months) / history": [
        "AC-07#admin-password-age",
        "AC-07#admin-password-history",
    ],
    "password length with MFA / without (suggested)": [
        "AC-06#length-with-mfa",
        "AC-06#length-without-mfa",
    ],
    "minimum zones (incl. wireless and WAN if present)": ["NW-13#minimum-zones"],
    "hot standby": ["NW-07#hot-standby"],
    "international Internet routes": ["NW-07#international-routes"],
    "standby site (km)": ["NW-08#distance"],
    "24/7 monitoring": ["MO-02#round-the-clock"],
    "MFA (outside, third party, Internet, admin)": ["AC-14#mfa"],
}
# Said otherwise: several parameters together, or presence of a control at a level.
APART = {
    "penetration test external / internal (months)",
    "encryption layers in transit (important data)",
    "PAM, DLP solution, immutable logs, ZTNA, micro-segmentation",
    "HSM, Zero Trust, AAA, QoS, MDM",
}
NUMBER = re.compile(r"\b\d+\s?m\b|[≤≥]\s?\d|\d+ (min|tries|days|months|h|fields|copies)|=\d")


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parameter(name) -> Parameter:
    control_id, _, key = name.partition("#")
    return parameters().controls[f"{STANDARD}/{control_id}"][key]


@pytest.mark.parametrize("row", rows("tightening.csv"), ids=lambda row: row["parameter"])
def test_parameters_are_what_the_table_of_tightening_says(row):
    if row["parameter"] in APART:
        return
    for level in range(1, 6):
        said = [parameter(each).levels.get(level) for each in TIGHTENING[row["parameter"]]]
        shown = ["yes" if each is True else "–" if each is None else str(each) for each in said]
        assert " / ".join(shown) == row[f"l{level}"], level


def test_every_row_of_the_table_is_compared_or_said_otherwise():
    assert {row["parameter"] for row in rows("tightening.csv")} == TIGHTENING.keys() | APART
    layers = {
        level: value
        for name in ("IA-09#layers", "IA-10#layers")
        for level, value in parameter(name).levels.items()
    }
    assert layers == {3: 1, 4: 2, 5: 2}
    from_4 = ["AC-09#pam", "LG-10#immutable", "NW-22#ztna", "NW-05#micro-segmentation"]
    from_5 = ["IA-13#hsm", "NW-05#zero-trust", "NW-14#aaa", "NW-21#qos", "CF-10#mdm"]
    assert [set(parameter(each).levels) for each in from_4] == [{4, 5}] * 4
    assert parameter("IA-19#dlp").levels == {3: "plan", 4: "solution", 5: "solution"}
    assert [set(parameter(each).levels) for each in from_5] == [{5}] * 5
    assert [parameter(f"{each}#test-interval").levels for each in ("PT-02", "PT-04")] == [
        {4: 12, 5: 6}
    ] * 2


def test_every_control_with_a_number_in_words_has_it_as_data():
    with_number = {each.id for each in controls().values() if NUMBER.search(each.parameter)}

    assert len(with_number) >= 50
    assert sorted(with_number - parameters().controls.keys()) == []


def test_values_stand_only_at_levels_that_ask_for_the_control():
    checked = 0
    for name, every in parameters().controls.items():
        for each in every.values():
            checked += 1
            assert each.levels.keys() <= control(name).levels, each.id
            assert each.title.vi != each.title.en or each.title.en.isupper(), each.id
    assert checked >= 110


def test_only_suggested_values_are_the_ones_the_source_calls_so():
    suggested = {
        name
        for name, every in parameters().controls.items()
        for each in every.values()
        if each.strength is Strength.SUGGESTED
    }

    assert suggested == {f"{STANDARD}/{each}" for each in ("CF-06", "CF-07", "AC-06", "IA-02")}


def test_a_topic_is_spoken_of_by_comparable_values_in_one_unit():
    topics: dict[str, list[Parameter]] = {}
    for every in parameters().controls.values():
        for each in every.values():
            topics.setdefault(each.topic or "", []).append(each)
    del topics[""]

    assert {"log-retention", "system-separation", "first-notice"} <= topics.keys()
    for topic, known in topics.items():
        assert len({(each.unit, each.bound) for each in known}) == 1, topic
        assert ParameterKind.LIST not in {each.kind for each in known}, topic


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"kind": "choice", "by_level": {"1": "a"}}, "has an order"),
        ({"kind": "count", "by_level": {"1": 1}, "order": ("a",)}, "has an order"),
        ({"kind": "choice", "by_level": {"1": "c"}, "order": ("a", "b")}, "not in the order"),
        ({"kind": "count", "by_level": {"1-3": 1, "2": 2}}, "stands twice"),
        ({"kind": "count", "by_level": {"6": 1}}, "pattern"),
    ],
)
def test_a_parameter_that_contradicts_itself_is_refused(given, reason):
    words = {"title": {"vi": "Số", "en": "Number"}, "bound": "min"}

    with pytest.raises(ValueError, match=reason):
        Parameter.model_validate({"control": "A/B", "name": "x", **words, **given})


def test_an_unknown_trigger_condition_or_unit_is_refused():
    whole = parameters()
    for field, words in (("trigger", "never"), ("applies", frozenset({"x"})), ("unit", "mile")):
        (each,) = of_control(f"{STANDARD}/NW-08")[:1]
        broken = each.model_copy(update={field: words})
        with pytest.raises(ValueError, match="no words"):
            type(whole).model_validate(
                {**whole.model_dump(), "controls": {"A": {"x": broken.model_dump()}}}
            )


def test_instruments_name_instruments_and_their_days_follow_each_other():
    known = instruments()

    assert len(known) >= 20
    for each in known.values():
        assert each.superseded_by is None or each.superseded_by in known, each.id
        if each.effective_from and each.effective_to:
            assert each.effective_from <= each.effective_to, each.id
        if each.issued and each.effective_from:
            assert each.issued <= each.effective_from, each.id
        assert each.title.vi != each.title.en
    assert {each.instrument for each in all_controls().values()} <= known.keys()


def test_an_instrument_stands_by_its_days():
    day = book().transition.starts
    standing = {name: each.standing(day) for name, each in instruments().items()}

    assert standing["D331"] is Standing.IN_FORCE
    assert standing["L86"] is Standing.ENDED
    assert standing["TT41"] is Standing.UNKNOWN
    assert instruments()["D331"].standing(day.replace(day=18)) is Standing.NOT_YET
    assert instruments()["L86"].standing(date(2026, 6, 30)) is Standing.IN_FORCE
    assert instruments()["L86"].standing(date(2026, 7, 1)) is Standing.ENDED
    assert instruments()["TT03"].standing(day.replace(year=2022)) is Standing.IN_FORCE


def test_the_measures_of_the_transition_are_controls_of_the_decree():
    assert book().transition.measures <= {each for each in controls() if each.startswith("D331/")}


def test_every_old_group_leads_to_controls_of_the_new_standard_and_back():
    groups = old_controls().keys() - headings()

    assert {each.partition("/")[2] for each in groups} == mapping().old.keys()
    assert len(groups) == 44
    for old in groups:
        assert equivalents(old), old
        for new in equivalents(old):
            assert new in controls(), (old, new)
            assert old in equivalents(new)
        assert succession(old).reason.vi
    assert equivalents("TCVN11930/T-NET") == ()
    assert equivalents("D331/CL-1") == ()
    assert succession("TCVN11930/T-NET") is None


def test_every_control_has_its_place_in_the_decree():
    for name in all_controls().keys() - headings():
        assert plan_parts(name), name
        assert measures(name), name
    assert plan_parts("TCVN14423/BK-10") == ("b", "e")
    assert plan_parts("D331/PL-1") == tuple(mapping().parts) == tuple("abcdđeg")
    assert measures("TCVN14423/NW-10") == ("30.4.a", "30.4.c")
    assert measures("TCVN14423/XX-01") == ()


def test_lines_of_the_mapping_name_controls_families_and_points():
    families = {f"{STANDARD}/{each.family}" for each in controls().values() if each.family}

    for name, place in mapping().placed.items():
        assert name in controls() or name in families, name
        assert set(place.parts) <= mapping().parts.keys()
        assert set(place.groups) <= mapping().groups.keys()


def test_the_standard_is_whole():
    marks = [each.automation for each in controls().values() if each.instrument == STANDARD]

    assert {mark: marks.count(mark) for mark in Automation} == {
        Automation.PLATFORM: 104,
        Automation.PARTLY: 28,
        Automation.EVIDENCE: 50,
    }
    assert old_controls()["TCVN11930/T-NET-LOG"].title_en == "System log"
    assert len({each.title_vi for each in old_controls().values()}) >= 35
    assert all("(" not in row["title_vi"][:3] for row in rows("tcvn-14423-2026-families.csv"))
