"""The report of a wave says what its account holds, in both languages, and warns of the rest."""

from __future__ import annotations

import io
import re
import unicodedata

import pytest
from pypdf import PdfReader

from playbooks.migration.cutover import gates
from playbooks.migration.order import WaveOrder
from playbooks.migration.steps import Gate
from sen.evidence.record import Act
from sen.migration.account import Result, Standing
from sen.migration.report import report
from sen.migration.report.document import TONES
from sen.migration.report.system import TONES as RESULTS
from sen.migration.report.words import WavePen
from sen.migration.text import ACT as TEXT
from sen.reports.document import Table
from sen.reports.html import html
from sen.reports.render import Format, rendered
from stacks.problem import Language, ProblemError
from stacks.wording import sentences
from tests.sen.migration.moved import PEOPLE, RUNNER, Moved, order
from tests.sen.migration.test_gathering import TEXT_SEEN

VI, EN = Language.VI, Language.EN


@pytest.fixture
def moved(tmp_path):
    return Moved.at(tmp_path)


def text_of(moved, language=EN):
    """Give the words of the page, without its marks."""
    page = html(report(moved.account(), language))
    body = page.partition("</style>")[2].replace("<wbr>", "")
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_a_wave_that_went_well_warns_of_what_was_not_asked_only(moved):
    moved.agreed()
    moved.rehearsed(seconds=60)
    moved.journey().fill()
    moved.cut_over()

    document = report(moved.account(), EN)

    assert document.cover.above == "HA NOI"
    assert [each.partition(":")[0] for each in document.cover.warnings] == ["ho-tich"] * 2
    assert "no backup" in document.cover.warnings[1]
    assert "no smoke test" in document.cover.warnings[0]
    assert document.cover.tally[0].text == "Switched, way back open: 1"
    text = text_of(moved)
    assert "1 min 0 s to 1 min 33 s" in text
    assert "120,010" in text
    assert "The way back was not used." in text
    assert "Rows of public.khai_sinh" in text
    assert "register: Copy the rows" in text


def test_vietnamese_names_every_step_and_check_in_vietnamese(moved):
    moved.rehearsed()
    moved.journey().fill()
    moved.cut_over()
    moved.journey().roll_back()

    text = text_of(moved, VI)

    assert "register: Khóa ghi ở đầu cũ" in text
    assert "Các dòng của public.khai_sinh" in text
    assert "Đã dùng đường quay lui 1 lần" in text
    assert "Người dùng đang ở hệ thống cũ." in text
    assert "ĐƠN VỊ VẬN HÀNH NỀN TẢNG" in text


def test_everything_that_went_wrong_is_warned_of(moved, monkeypatch):
    monkeypatch.setattr(gates, "_NOT_REHEARSED_SECONDS", 0.0)  # this switch takes no time
    moved.agreed()
    moved.ledger.withdraw(PEOPLE[0], "chưa sao lưu")
    moved.rehearsed(seconds=0.0001)
    moved.cut_over()
    moved.part.differs = 40
    moved.record("migration.verify", "w1/ho-tich", moved.part.verify().facts())
    moved.record(TEXT, "w1/ho-tich", TEXT_SEEN)
    path = moved.folder / "w1" / "ho-tich" / "cut-over.jsonl"
    path.write_text(path.read_text().replace("0/1A2B", "0/9999"))
    moved.chain.path.write_text(moved.chain.path.read_text().replace("11/QĐ", "99/QĐ"))

    said = "\n".join(report(moved.account(), EN).cover.warnings)

    assert "broken from record 1" in said
    assert "Not enough people agree to this order: 1 of 2." in said
    assert "longer than the" in said
    assert "40 differences" in said
    assert "2 rows have letters in doubt" in said
    text = text_of(moved)
    assert "the first 30 of 40" in text
    assert "public.khai_sinh (29)" in text
    assert "public.khai_sinh (30)" not in text
    assert "chưa sao lưu" in text
    assert "99.8 %" in text
    assert "ho_so (17)" in text
    assert "Letters in doubt" in text


def test_journals_that_the_chain_lacks_are_warned_of(moved):
    moved.journey().fill()
    moved.chain.path.unlink()

    said = "\n".join(report(moved.account(), EN).cover.warnings)

    assert "10 entries of the journal do not stand in the chain" in said
    assert "no rehearsal has passed" in said


def test_nothing_to_be_wary_of_is_said_too(moved):
    moved.agreed()
    moved.rehearsed()

    assert report(moved.account(), EN).cover.warnings == ("Nothing to be wary of.",)


def test_what_stopped_the_switch_is_told(moved):
    moved.part.fails = "drain"
    with pytest.raises(ProblemError):
        moved.cut_over()
    moved.gates = (Gate("window", lambda: "cửa sổ đã đóng"),)
    with pytest.raises(ProblemError):
        moved.cut_over()

    text = text_of(moved)

    assert "were taken back before people were let in: 1." in text
    assert "Gate closed: cửa sổ đã đóng" in text
    assert "Failed: 10.9.8.11" in text


def test_the_end_and_levels_of_hosts_are_told(moved):
    data = {"level": 3, "before": 79, "after": 18, "remaining": ["no-swap"]}
    moved.chain.append(Act("migration.harden", RUNNER, "10.9.8.11", data))
    Moved(order(hold_days=2), moved.folder, moved.chain).agreed()
    moved.cut_over()
    moved.journey().finish()

    text = text_of(moved)

    assert "from then on there is no way back" in text
    assert "no-swap" in text
    assert "2 agreements to another order" in text


def test_tables_are_as_wide_as_the_page_and_rows_as_long_as_heads(moved):
    moved.agreed()
    moved.rehearsed()
    moved.cut_over()
    moved.record(TEXT, "w1/ho-tich", TEXT_SEEN)

    tables = [b for b in report(moved.account(), VI).blocks if isinstance(b, Table)]

    assert len(tables) > 6
    for each in tables:
        assert sum(each.widths) == 100
        assert {len(row) for row in each.rows} <= {len(each.widths)}
        assert len(each.head) == len(each.widths)


def test_systems_of_several_agencies_name_none(tmp_path):
    given = order("ho-tich", "dat-dai").model_dump(mode="json")
    given["systems"][1]["tenant"] = "h29-dat-dai-production"
    moved = Moved.at(tmp_path, WaveOrder.model_validate(given))

    assert report(moved.account(), VI).cover.above == ""


@pytest.mark.parametrize(
    ("ms", "vi", "en"),
    [
        (None, "–", "–"),
        (40, "0,04 giây", "0.04 s"),
        (2_340, "2,3 giây", "2.3 s"),
        (14_400, "14 giây", "14 s"),
        (200_000, "3 phút 20 giây", "3 min 20 s"),
        (7_260_000, "2 giờ 1 phút", "2 h 1 min"),
    ],
)
def test_durations_are_written_as_people_say_them(ms, vi, en):
    assert (WavePen(VI).span(ms), WavePen(EN).span(ms)) == (vi, en)


def test_what_has_no_words_keeps_its_name():
    assert WavePen(VI).step("cong: bước lạ") == "cong: bước lạ"
    assert WavePen(VI).check("phép lạ") == "phép lạ"
    assert set(TONES) == set(Standing)
    assert set(RESULTS) == set(Result)


def test_words_are_whole_composed_and_spaced_as_vietnamese_is():
    for key, each in sentences(WavePen.package).items():
        assert set(each) == {"vi", "en"}, key
        places = {lang: set(re.findall(r"{(\w+)", text)) for lang, text in each.items()}
        assert places["vi"] == places["en"], key
        for text in each.values():
            assert text == unicodedata.normalize("NFC", text)
            assert not re.search(r" [;:,.?!](\s|$)", text), key


@pytest.mark.parametrize(("language", "said"), [(VI, "Đợt chuyển đổi w1"), (EN, "Wave w1")])
def test_the_pdf_can_be_read_back(moved, language, said):
    moved.agreed()
    moved.cut_over()

    content = rendered(report(moved.account(), language), Format.PDF)

    pages = PdfReader(io.BytesIO(content)).pages
    text = unicodedata.normalize("NFC", " ".join(page.extract_text() for page in pages))
    assert said in " ".join(text.split())
