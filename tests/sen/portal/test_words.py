"""Each text of the portal is there in English and Vietnamese, written as Viet Nam writes."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract

from sen.paths import PROJECT
from sen.portal import words
from stacks.problem import Language

PORTAL = PROJECT / "sen" / "portal"
KEYWORDS = {"_": None, "N_": None, "say": None}


def texts(file: Path) -> set[str]:
    if file.suffix == ".py":
        found = extract("python", io.BytesIO(file.read_bytes()), keywords=KEYWORDS)
    else:
        given = io.BytesIO(file.read_bytes())
        options = {"trim_blocks": "true", "silent": "false"}
        found = extract("jinja2.ext:babel_extract", given, keywords=KEYWORDS, options=options)
    return {message for _, message, *_ in found if isinstance(message, str)}


@pytest.fixture(scope="module")
def used():
    files = [*PORTAL.rglob("*.py"), *PORTAL.rglob("*.j2")]
    return set().union(*map(texts, files))


def test_each_text_has_its_vietnamese(used):
    assert len(used) >= 120
    assert sorted(used - words.catalogue(Language.VI).keys()) == []


def test_no_vietnamese_is_left_of_a_text_that_went(used):
    assert sorted(words.catalogue(Language.VI).keys() - used) == []


def test_both_languages_fill_the_same_places(used):
    def places(text):
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    catalogue = words.catalogue(Language.VI)
    assert {text for text in used if places(text) != places(catalogue.get(text, ""))} == set()


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0 đ"), (999, "999 đ"), (1234567, "1.234.567 đ"), (-5000, "-5.000 đ")]
)
def test_money_is_written_with_dots(amount, text):
    assert words.dong(amount) == text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (dt.date(2026, 11, 2), "02/11/2026"),
        ("2026-11-02", "02/11/2026"),
        ("2026-11-02T18:30:00Z", "03/11/2026"),
        (None, ""),
    ],
)
def test_days_are_written_day_first_and_in_the_countrys_zone(given, text):
    assert words.day(given) == text


def test_moments_are_those_of_the_country():
    assert words.moment("2026-11-02T18:30:00Z") == "03/11/2026 01:30"
    assert words.moment(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)) == "01/01/2026 07:00"
    assert words.moment(None) == ""


def test_a_text_without_vietnamese_stays_english():
    assert words.say(Language.VI, "nowhere {x}", x=1) == "nowhere 1"
