"""Every agency is found by what people call it, and one that ended names its successor."""

import unicodedata
from collections import Counter
from datetime import date

import pytest

from stacks.models.agency import AgencyKind, CodeStatus, Government, agencies
from stacks.models.census import old_provinces
from stacks.problem import Language, ProblemError


def refused(text: str) -> str:
    with pytest.raises(ProblemError) as caught:
        agencies().resolve(text)
    (problem,) = caught.value.problems
    assert problem.text(Language.VI) != problem.text(Language.EN)
    return problem.text(Language.EN)


def test_the_country_has_its_published_counts():
    kinds = Counter(agency.kind for agency in agencies().all())

    assert kinds == {
        AgencyKind.MINISTRY: 14,
        AgencyKind.MINISTERIAL_AGENCY: 3,
        AgencyKind.CITY: 6,
        AgencyKind.PROVINCE: 28,
        AgencyKind.COMMUNE: 2621,
        AgencyKind.WARD: 687,
        AgencyKind.SPECIAL_ZONE: 13,
    }


def test_codes_are_unique_and_each_agency_stands_under_one_that_exists():
    book = agencies()
    every = book.all(ended=True)

    assert len({agency.code for agency in every}) == len(every) == 17 + 5 + 34 + 29 + 3321
    assert all(book.get(agency.parent) for agency in every if agency.parent)
    assert (
        sum(len(book.children(province.code)) for province in book.all() if not province.parent)
        == 3321
    )


def test_names_are_composed_and_have_no_stray_spaces():
    names = [agency.name for agency in agencies().all(ended=True)]

    assert [n for n in names if n != " ".join(unicodedata.normalize("NFC", n).split())] == []


def test_each_of_the_63_old_provinces_has_a_successor_of_today():
    old = old_provinces()
    today = {agency.code for agency in agencies().all()}

    assert len(old) == 63
    assert all(province.successor in today for province in old)


@pytest.mark.parametrize("old", old_provinces(), ids=lambda old: old.name)
def test_an_old_province_is_answered_by_its_successor(old):
    match = agencies().answer(f"Tỉnh {old.name}")

    assert match.agency.code == old.successor
    if old.code != old.successor:
        assert (match.formerly.name, match.since) == (old.name, date(2025, 7, 1))
        assert old.successor in refused(f"Tỉnh {old.name}")


def test_only_hue_has_a_confirmed_code():
    confirmed = [a.code for a in agencies().all() if a.code_status is CodeStatus.CONFIRMED]

    assert confirmed == ["H57"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("H26", "H26"),
        (" h26 ", "H26"),
        ("000.00.00.H26", "H26"),
        ("K57", "H57"),
        ("k26", "H26"),
        ("Hà Nội", "H26"),
        ("ha noi", "H26"),
        ("Ha\u0300 No\u0323\u0302i", "H26"),
        ("TP. Hồ Chí Minh", "H29"),
        ("tp hcm", "H29"),
        ("Thành phố Đà Nẵng", "H17"),
        ("UBND tỉnh Phú Thọ", "H44"),
        ("Bộ Y tế", "G18"),
        ("y te", "G18"),
        ("Ministry of Health", "G18"),
        ("Bộ Nông nghiệp và Phát triển nông thôn", "G10"),
        ("Bộ Văn hóa, Thể thao và Du lịch", "G16"),
        ("NHNN", "G19"),
        ("H26.00070", "H26.00070"),
        ("h26.00070", "H26.00070"),
        ("00070", "H26.00070"),
        ("Phường Hoàn Kiếm", "H26.00070"),
        ("hoan kiem, ha noi", "H26.00070"),
        ("Bố Hạ", "H05.07294"),
        ("m'drak", "H15.24412"),
        ("Hoà Bình, Hải Phòng", "H24.11533"),
    ],
)
def test_an_agency_is_resolved_however_it_is_written(text, code):
    assert agencies().resolve(text).code == code


def test_every_commune_is_reached_by_its_title_and_province():
    book = agencies()
    communes = [a for a in book.all() if a.level_of_government is Government.COMMUNE]

    lost = [
        commune.code
        for commune in communes
        if book.named(f"{commune.title}, {book.get(commune.parent).name}") != [commune]
    ]

    assert len(communes) == 3321
    assert lost == []


def test_a_merged_province_names_its_successor():
    text = refused("Hòa Bình")

    assert "Tỉnh Hòa Bình (H28)" in text
    assert "Tỉnh Phú Thọ (H44) took over" in text


def test_a_merged_ministry_names_its_successor():
    assert "Bộ Khoa học và Công nghệ (G06) took over" in refused("Bộ Thông tin và Truyền thông")


def test_a_name_that_several_communes_bear_lists_them_with_their_provinces():
    text = refused("Tân An")

    assert "10 agencies bear this name" in text
    assert "Phường Tân An, Cần Thơ (H13.31147)" in text


def test_wards_of_one_name_are_all_listed_wherever_the_tone_mark_stands():
    text = refused("Phường Hòa Bình")

    assert all(code in text for code in ("H44.04795", "H24.11533", "H29.27211"))


def test_a_misspelled_name_is_answered_by_the_closest():
    assert "Thành phố Hà Nội (H26)" in refused("Ha Nio")


@pytest.mark.parametrize("text", ["xyzzyqq", "H99", "", "   ", ",", "tỉnh"])
def test_a_name_that_nobody_bears_is_refused(text):
    with pytest.raises(ProblemError):
        agencies().resolve(text)


def test_a_code_holds_only_between_its_dates():
    book = agencies()

    assert book.get("H28").successor == "H44"
    assert book.get("H28", on=date(2025, 6, 30)).name == "Hòa Bình"
    with pytest.raises(ProblemError, match="2025-06-30"):
        book.get("H28", on=date(2025, 7, 1))
    with pytest.raises(ProblemError, match="2025-07-01"):
        book.get("H26.00070", on=date(2025, 6, 30))


def test_the_first_level_of_a_ward_is_its_city():
    book = agencies()

    assert book.first_level(book.get("H26.00070")).code == "H26"
    assert book.first_level(book.get("G18")).code == "G18"


def test_a_search_gives_the_exact_name_first_and_no_agency_twice():
    found = agencies().find("hoa binh")
    codes = [match.agency.code for match in found]

    assert found[0].agency.code == "H44"
    assert found[0].formerly.code == "H28"
    assert "H24.11533" in codes
    assert len(codes) == len(set(codes)) > 3


def test_a_search_keeps_its_limit_and_finds_nothing_for_nothing():
    assert len(agencies().find("tan", limit=3)) == 3
    assert agencies().find("  ") == []
