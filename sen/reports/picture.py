"""An SVG inside a Word file: programs that draw SVG show it, others an empty frame of its size."""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO

from docx.document import Document as WordFile
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Mm

SVG_EXTENSION = (
    '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}">'
    '<asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' r:embed="{relation}"/></a:ext></a:extLst>'
)
VIEW_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def add_svg(word: WordFile, svg: str, width_mm: float, number: int) -> None:
    """Put a drawing in a paragraph of its own."""
    found = VIEW_BOX.search(svg)
    ratio = float(found[2]) / float(found[1]) if found else 1.0
    run = word.add_paragraph().add_run()
    frame = BytesIO(_frame(160, max(1, round(160 * ratio))))
    run.add_picture(frame, width=Mm(width_mm), height=Mm(width_mm * ratio))
    name = PackURI(f"/word/media/drawing{number}.svg")
    part = Part(name, "image/svg+xml", svg.encode(), word.part.package)
    relation = word.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
    blip = run._element.xpath(".//a:blip")[0]  # noqa: SLF001 - python-docx knows no SVG
    blip.append(parse_xml(SVG_EXTENSION.format(relation=relation)))


def _frame(width: int, height: int) -> bytes:
    """Give a white PNG with a grey edge."""
    edge = b"\0" + b"\xaa" * width
    row = b"\0\xaa" + b"\xff" * (width - 2) + b"\xaa"
    pixels = zlib.compress(edge + row * (height - 2) + edge)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))
