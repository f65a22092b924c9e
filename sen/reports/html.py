"""A report as one HTML page with its style inside; nothing is fetched when it is opened."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from sen.reports.document import Document, Heading
from sen.reports.typography import Pen

HERE = Path(__file__).parent
LANDSCAPE = "@page { size: A4 landscape; margin: 20mm 15mm 20mm 25mm }"
BREAKS = ("/", "-", ".", ":", "_")


def html(document: Document) -> str:
    """Write a report as HTML."""
    pen = Pen(document.language)
    named = [
        (type(each).__name__, each, f"s-{place}") for place, each in enumerate(document.blocks)
    ]
    return _template().render(
        document=document,
        cover=document.cover,
        css=Markup(_css(document, pen)),  # noqa: S704 - our own file
        contents=pen("contents"),
        headings=[(each, anchor) for _, each, anchor in named if isinstance(each, Heading)],
        blocks=named,
    )


@cache
def _template() -> Template:
    place = FileSystemLoader(HERE)
    environment = Environment(loader=place, autoescape=True, undefined=StrictUndefined)
    environment.filters["breakable"] = breakable
    return environment.get_template("page.html.j2")


def _css(document: Document, pen: Pen) -> str:
    """Give the style; the running title and the word for page come in as CSS strings."""
    values = {"running": document.running, "page": pen("page")}
    said = "".join(f"--{name}: {_quoted(value)};" for name, value in values.items())
    style = (HERE / "print.css").read_text("utf-8")
    turned = LANDSCAPE if document.landscape else ""
    return f":root {{ {said} }}\n{style}{turned}"


def _quoted(text: str) -> str:
    """Write a CSS string; no letter of it can end the string or the style."""
    plain = "".join(
        each if each.isalnum() or each in " ,.()-:/" else f"\\{ord(each):x} " for each in text
    )
    return f'"{plain}"'


def breakable(text: str, tone: str) -> Markup:
    """Let a name break after its slashes, dashes and dots; other text is only escaped."""
    safe = escape(text)
    if tone != "code":
        return safe
    for sign in BREAKS:
        safe = safe.replace(sign, Markup(f"{sign}<wbr>"))  # noqa: S704 - signs of ours
    return safe
