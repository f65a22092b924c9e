"""A report as a Word file, to be completed and signed: the same data as the PDF."""

from __future__ import annotations

from io import BytesIO

import docx as library
from docx.document import Document as WordFile
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph as WordParagraph

from sen.reports.document import (
    Block,
    Cell,
    Cover,
    Document,
    Figure,
    Heading,
    Paragraph,
    Signatures,
    Table,
)
from sen.reports.picture import add_svg
from sen.reports.typography import Pen

FONT, WIDTH_MM = "Times New Roman", 164
CENTRE = WD_ALIGN_PARAGRAPH.CENTER
FILL = {
    "pass": "DFF0E0",
    "waived": "E4E3F3",
    "stale": "F6E7C4",
    "not-assessed": "ECECEC",
    "undetermined": "F3EAD0",
    "fail": "F6D5D2",
}
BOLD = frozenset({"strong", "fail", "id"})


def docx(document: Document) -> bytes:
    """Write a report as a Word file."""
    word = library.Document()
    _styles(word, document)
    _cover(word, document.cover)
    for number, block in enumerate(document.blocks, 1):
        _block(word, block, number)
    out = BytesIO()
    word.save(out)
    return out.getvalue()


def _styles(word: WordFile, document: Document) -> None:
    for name, size in (("Normal", 12), ("Heading 1", 14), ("Heading 2", 12.5)):
        style = word.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.color.rgb = RGBColor(0x11, 0x11, 0x11)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(script), FONT)
    section = word.sections[0]
    sides = (297, 210) if document.landscape else (210, 297)
    section.page_width, section.page_height = (Mm(side) for side in sides)
    if document.landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
    section.left_margin, section.right_margin = Mm(30), Mm(16)
    section.top_margin = section.bottom_margin = Mm(22)
    section.different_first_page_header_footer = True
    section.header.paragraphs[0].add_run(document.running).italic = True
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    foot.add_run(Pen(document.language)("page") + " ")
    _field(foot, "PAGE")
    word.core_properties.title = document.title
    word.core_properties.language = document.language.value


def _field(paragraph: WordParagraph, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no fields


def _cover(word: WordFile, cover: Cover) -> None:
    head = word.add_table(rows=1, cols=2)
    left, right = head.rows[0].cells
    _lines(left, [(cover.above, ""), (cover.below, "bold")])
    _lines(right, [*((line, "bold") for line in cover.motto), (cover.place, "italic")])
    _centred(word, cover.title, 21, above=60)
    _centred(word, cover.subtitle, 15)
    basis = word.add_paragraph()
    basis.alignment = CENTRE
    basis.add_run(cover.basis).italic = True
    rows = tuple((Cell(name, "strong"), Cell(value)) for name, value in cover.facts)
    _table(word, Table((), rows, (42, 58)))
    if cover.tally:
        _table(word, Table((), (cover.tally,), (17,) * len(cover.tally), cover.tally_title))
    for warning in cover.warnings:
        word.add_paragraph(warning, style="Intense Quote")
    word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _lines(cell: WordCell, lines: list[tuple[str, str]]) -> None:
    for place, (text, style) in enumerate(lines):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        paragraph.alignment = CENTRE
        run = paragraph.add_run(text)
        run.bold, run.italic = style == "bold", style == "italic"


def _centred(word: WordFile, text: str, size: float, above: float = 0) -> None:
    paragraph = word.add_paragraph()
    paragraph.alignment = CENTRE
    paragraph.paragraph_format.space_before = Pt(above)
    run = paragraph.add_run(text)
    run.bold, run.font.size = True, Pt(size)


def _block(word: WordFile, block: Block, number: int) -> None:
    match block:
        case Heading():
            heading = word.add_heading(block.text, block.depth)
            heading.paragraph_format.page_break_before = block.new_page
        case Paragraph():
            run = word.add_paragraph().add_run(block.text)
            run.italic = block.tone in {"note", "warning"}
            run.bold = block.tone == "strong"
        case Figure():
            add_svg(word, block.svg, WIDTH_MM, number)
            caption = word.add_paragraph()
            caption.alignment = CENTRE
            caption.add_run(block.caption).italic = True
        case Table():
            _table(word, block)
        case Signatures():
            _signatures(word, block)


def _signatures(word: WordFile, block: Signatures) -> None:
    drawn = word.add_table(rows=1, cols=len(block.columns))
    for cell, (who, how) in zip(drawn.rows[0].cells, block.columns, strict=True):
        _lines(cell, [(who, "bold"), (how, "italic"), *[("", "")] * 5])


def _table(word: WordFile, table: Table) -> None:
    if table.caption:
        word.add_paragraph().add_run(table.caption).italic = True
    rows = [tuple(Cell(each, "strong") for each in table.head)] if table.head else []
    rows += table.rows
    drawn = word.add_table(rows=len(rows), cols=len(table.widths))
    drawn.style = "Table Grid"
    drawn.autofit = False
    # The library finds a cell by walking the whole table: rows are walked once instead.
    for row, line in zip(rows, drawn.rows, strict=True):
        for cell, box, width in zip(row, line.cells, table.widths, strict=True):
            box.width = Mm(WIDTH_MM * width / 100)
            _fill(box, cell)
        _mark(line._tr, "w:cantSplit")  # noqa: SLF001 - likewise
    if table.head:
        _head(drawn)
    word.add_paragraph()


def _head(drawn: WordTable) -> None:
    """Repeat the head on each page."""
    _mark(drawn.rows[0]._tr, "w:tblHeader")  # noqa: SLF001
    for box in drawn.rows[0].cells:
        _shade(box, "E3E9EF")


def _fill(box: WordCell, cell: Cell) -> None:
    run = box.paragraphs[0].add_run(cell.text)
    run.font.size, run.bold = Pt(9), cell.tone in BOLD
    if cell.tone == "code":
        run.font.name, run.font.size = "Courier New", Pt(8)
    if cell.tone == "number":
        box.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if cell.tone in FILL:
        _shade(box, FILL[cell.tone])


def _shade(box: WordCell, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", colour)):
        shade.set(qn(name), value)
    box._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001


def _mark(row: object, name: str) -> None:
    row.get_or_add_trPr().append(OxmlElement(name))  # type: ignore[attr-defined]
