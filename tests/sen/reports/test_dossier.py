"""The dossier holds every control of the level; each claim leads to a finding or says none."""

import io
import re
import unicodedata
import zipfile
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import docx as word_files
import pytest
from pypdf import PdfReader

from policies.catalogue.oscal_document import short
from policies.finding import Verdict
from sen.assessment.state import Attested
from sen.assessment.weight import Status
from sen.reports.diagram import zones
from sen.reports.document import Figure, Table
from sen.reports.dossier import dossier
from sen.reports.gather import Asked, material
from sen.reports.html import html
from sen.reports.material import Possession, Waived
from sen.reports.parts import by_part
from sen.reports.plan import clause
from sen.reports.render import Format, rendered
from sen.reports.system import subjects, typical_facts
from sen.reports.typography import Pen
from stacks.models.level import propose
from stacks.problem import Language
from stacks.wording import sentences
from tests.sen.assessment.finding_of import NOON, ago, finding, run
from tests.sen.reports.conftest import REQUESTS

VI, EN = Language.VI, Language.EN
EN_DAY = "5\u00a0January\u00a02026"
GREEN = {Status.PASS.value, Status.WAIVED.value}


class Page(HTMLParser):
    """Collects ids, links, cells and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids, self.links, self.text, self.open = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if "id" in known:
            self.ids.append(known["id"])
        if known.get("href", "").startswith("#"):
            self.links.append(known["href"][1:])

    def handle_data(self, data):
        self.text.append(data)


def tables(document):
    return [block for block in document.blocks if isinstance(block, Table)]


def titled(document, key, pen):
    title = pen(key)
    return next(each for each in tables(document) if title in each.head and each.rows)


def text_of(document):
    return " ".join(" ".join(Page(html(document)).text).split())


@pytest.mark.parametrize("lang", list(Language))
def test_every_control_of_the_level_stands_in_plan_and_states(made, lang):
    document, pen = dossier(made, lang), Pen(lang)
    wanted = {short(each.control) for each in made.states}

    states = titled(document, "last-seen", pen)
    planned = [t for t in tables(document) if pen("how") in t.head]

    assert len(wanted) == len(made.states) > 140
    assert {row[0].text for row in states.rows} == wanted
    assert sorted(row[0].text for t in planned for row in t.rows) == sorted(wanted)
    assert len(by_part(made.states)) == 7


@pytest.mark.parametrize("lang", list(Language))
def test_every_claim_leads_to_its_finding_or_says_it_is_none(made, lang):
    page = Page(html(dossier(made, lang)))
    states = titled(dossier(made, lang), "last-seen", Pen(lang))

    assert len(page.ids) == len(set(page.ids))
    assert set(page.links) <= set(page.ids)
    for row in states.rows:
        status, evidence = row[1].tone, row[-1]
        assert evidence.to in page.ids if evidence.to else status == "not-assessed"
    assert any(row[-1].to for row in states.rows)


def test_no_row_is_green_without_evidence(made):
    for table in tables(dossier(made, VI)):
        for row in table.rows:
            if any(cell.tone in GREEN for cell in row) and row[-1].tone not in GREEN:
                assert row[-1].to, row


def test_without_results_all_is_unassessed_and_the_cover_says_so(ours, empty):
    document = dossier(material(Asked(ours, 3, NOON), empty), VI)

    states = titled(document, "last-seen", Pen(VI))

    assert {row[1].tone for row in states.rows} == {"not-assessed"}
    assert Pen(VI)("warn-nothing") in document.cover.warnings
    assert document.cover.tally[0].text == "Đạt: 0"


@pytest.mark.parametrize("lang", list(Language))
def test_the_reader_is_told_that_clauses_are_not_verified(made, lang):
    document = dossier(made, lang)

    assert Pen(lang)("warn-clauses") in document.cover.warnings
    assert Pen(lang)("limit-clauses") in text_of(document)


def test_what_fails_stands_in_its_annex_with_the_remedy(made):
    text = text_of(dossier(made, VI))

    assert "ảnh không ghi mã băm" in text
    assert "ghi mã băm của ảnh" in text


def test_a_level_that_the_facts_do_not_give_is_told(ours, store):
    document = dossier(material(Asked(ours, 4, NOON), store), EN)

    told = " ".join(document.cover.warnings)
    assert "says level 3; this dossier proposes level 4" in told
    assert "lead to level 3" in told
    assert "the owner has to explain" in text_of(document)


def test_the_deciding_criterion_stands_with_its_clause(made):
    text = text_of(dossier(made, VI))

    assert "Đề xuất xác định hệ thống ở cấp độ 3, căn cứ Điều 13 khoản 3" in text
    assert Pen(VI)("facts-typical") in text
    given = replace(made, facts_given=True)
    assert Pen(VI)("facts-typical") not in text_of(dossier(given, VI))


def test_waivers_inventory_operator_and_papers_are_shown(made):
    paper = Attested("TCVN14423/RM-01", Status.PASS, "Quyết định 12", "Nguyễn Văn A", ago(1).date())
    ended = replace(paper, control="x", status=Status.STALE, valid_until=date(2026, 1, 31))
    states = list(made.states)
    states[0] = replace(states[0], attested=paper)
    states[1] = replace(states[1], attested=ended)
    waiver = Waived("W-1", "no-host-path", "Pod a", "máy cũ", "An", "Bình", date(2027, 1, 31))
    whole = replace(
        made,
        states=tuple(states),
        waivers=(waiver,),
        inventory=(Possession("Pod", ("a", "b")),),
        operator="Trung tâm dữ liệu",
    )

    text = text_of(dossier(whole, VI))

    for part in ("W-1", "máy cũ", "31/01/2027", "a, b", "Trung tâm dữ liệu", "Quyết định 12"):
        assert part in text, part
    assert "Hết hạn 31/01/2026" in text


def test_many_failures_are_cut_and_counted(store, ours):
    pods = [replace(finding().target, name=f"web-{number}") for number in range(230)]
    store.save(run("run-z", scope="other"), [finding(Verdict.FAIL, target=pod) for pod in pods])

    text = text_of(dossier(material(Asked(ours, 3, NOON), store), EN))

    assert re.search(r"\d+ more are not printed", text)


def test_a_hostile_name_stays_text(made):
    hostile = "<script>alert(1)</script> & ]]>"
    whole = replace(made, operator=hostile)

    page = html(dossier(whole, VI))

    assert "<script>" not in page
    assert hostile in " ".join(Page(page).text)


@pytest.mark.parametrize("one", subjects([REQUESTS]), ids=lambda one: str(one.id))
def test_every_demo_system_is_drawn_as_well_formed_svg_in_its_own_words(one):
    for lang in Language:
        svg = zones(one.requests, Pen(lang))

        root = ET.fromstring(svg)  # noqa: S314 - our own drawing
        lines = (each.text or "" for each in root.iter() if each.tag.endswith("text"))
        said = "".join("".join(lines).split())
        assert root.tag.endswith("svg")
        assert one.requests[0].name in said
        for opening in one.requests[0].network.ingress:
            assert str(opening.cidr or opening.tenant) in said
        height = float(root.attrib["height"])
        tops = [float(each.attrib["y"]) for each in root.iter() if "y" in each.attrib]
        assert all(0 <= top <= height for top in tops)


@pytest.mark.parametrize("one", subjects([REQUESTS]), ids=lambda one: str(one.id))
def test_the_usual_facts_of_a_blueprint_lead_to_its_level(one):
    assert propose(typical_facts(one)).level == one.system.level


def test_dates_and_numbers_are_written_as_in_the_language():
    vi, en = Pen(VI), Pen(EN)

    assert vi.day(date(2026, 1, 5)) == "05/01/2026"
    assert en.day(date(2026, 1, 5)) == EN_DAY
    assert (vi.number(1234.5), en.number(1234567)) == ("1.234,5", "1,234,567")
    assert vi.moment(NOON) == "22/11/2026 19:00"
    assert vi.day(None) == ""


def test_clauses_are_named_in_the_language():
    assert clause("Art. 30.8 a", Pen(VI)) == "Điều 30.8 a"
    assert clause("Law 91 Art. 23", Pen(VI)) == "Luật 91 Điều 23"
    assert clause("Art. 30.8 a", Pen(EN)) == "Art. 30.8 a"


def test_words_are_whole_composed_and_spaced_as_vietnamese_is():
    for key, each in sentences("sen.reports").items():
        assert set(each) == {"vi", "en"}, key
        for text in each.values():
            assert text == unicodedata.normalize("NFC", text)
            assert not re.search(r" [;:,.?!](\s|$)", text), key
            assert set(re.findall(r"{(\w+)", each["vi"])) <= set(
                re.findall(r"{(\w+)", each["en"])
            ) | {"day", "month", "year"}


@pytest.mark.parametrize("lang", list(Language))
def test_the_pdf_can_be_read_back(made, lang):
    content = rendered(dossier(made, lang), Format.PDF)

    reader = PdfReader(io.BytesIO(content))
    text = unicodedata.normalize("NFC", " ".join(page.extract_text() for page in reader.pages))
    text = " ".join(text.split())
    wanted = {
        VI: ("HỒ SƠ ĐỀ XUẤT CẤP ĐỘ", "Trung tâm điều hành thông minh", "Chưa đánh giá", "Trang 2"),
        EN: ("SECURITY LEVEL DOSSIER", "Ha Noi intelligent operation", "Not assessed", "Page 2"),
    }
    for part in wanted[lang]:
        assert part in text, part
    assert {round(float(side)) for side in reader.pages[0].mediabox[2:]} == {595, 842}
    assert len(reader.pages) > 10
    fonts = {font for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    assert all("+" in each.get_object()["/BaseFont"] for each in fonts)


@pytest.mark.parametrize("lang", list(Language))
def test_the_word_file_can_be_read_back(made, lang):
    document = dossier(made, lang)
    content = rendered(document, Format.DOCX)

    file = word_files.Document(io.BytesIO(content))

    said = [each.text for each in file.paragraphs]
    assert document.cover.title in said
    assert [h.text for h in document.headings()] == [
        each.text for each in file.paragraphs if each.style.name.startswith("Heading")
    ]
    states = titled(document, "last-seen", Pen(lang))
    found = [t for t in file.tables if t.rows[0].cells[0].text == Pen(lang)("control")]
    assert len(states.rows) + 1 in {len(t.rows) for t in found}
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        (drawing,) = [name for name in parts.namelist() if name.endswith(".svg")]
        figure = next(block for block in document.blocks if isinstance(block, Figure))
        assert parts.read(drawing).decode() == figure.svg
        assert b"image/svg+xml" in parts.read("[Content_Types].xml")
        assert b"w:tblHeader" in parts.read("word/document.xml")


def test_no_file_quotes_a_value_of_an_object(ours, empty):
    secret = finding(Verdict.FAIL, evidence="password=hunter2")
    empty.save(run(), [secret])

    whole = material(Asked(ours, 3, NOON), empty)

    assert "hunter2" not in html(dossier(whole, VI))
