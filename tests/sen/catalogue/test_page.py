"""The page holds every instrument and control, in both languages, and says what is in doubt."""

import pytest

from policies.catalogue import all_controls, instruments
from sen.catalogue.page import page
from stacks.problem import Language

PAGES = {language: page(language) for language in Language}


@pytest.mark.parametrize("language", Language)
def test_the_page_leaves_nothing_out(language):
    text = PAGES[language]

    for each in instruments().values():
        assert f"| {each.id} | {each.number} |" in text
    for name in all_controls():
        assert f"| {name.partition('/')[2]} |" in text
    assert text.count("\n| ") >= 261 + len(instruments())


def test_the_page_says_what_nobody_verified():
    assert "unverified against the purchased standard" in PAGES[Language.EN]
    assert "chưa đối chiếu với bản tiêu chuẩn mua" in PAGES[Language.VI]
    assert "Logs kept for at least: – / 1? / 3? / 6? / 12? months" in PAGES[Language.EN]


def test_values_stand_by_level_in_the_pages_language():
    assert "Logs kept for at least: – / 1 / 3 / 6 / 12 months" in PAGES[Language.EN]
    assert "Lưu nhật ký ít nhất: – / 1 / 3 / 6 / 12 tháng" in PAGES[Language.VI]
    assert "Hot standby: – / – / yes / yes / yes" in PAGES[Language.EN]
    assert "Dự phòng nóng: – / – / có / có / có" in PAGES[Language.VI]
    assert "**MFA**" not in PAGES[Language.EN]


def test_the_page_tells_the_days_of_the_transition():
    for text in PAGES.values():
        assert "2027-06-30" in text
        assert "2026-12-31" in text
