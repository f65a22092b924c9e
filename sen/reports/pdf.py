"""A report as PDF, set from its HTML; fonts are inside, and it says its structure (PDF/UA)."""

from __future__ import annotations

import logging
from typing import Any

from sen.errors import MissingPartError
from sen.reports.document import Document
from sen.reports.html import html
from stacks.problem import Problem


def pdf(document: Document) -> bytes:
    """Write a report as PDF.

    Raises:
        MissingPartError: The machine has no Pango, which sets the text.
    """
    content: bytes = _page_of(html(document)).write_pdf(pdf_variant="pdf/ua-1")
    return content


def _page_of(text: str) -> Any:  # noqa: ANN401 - the library has no types
    try:
        import weasyprint  # type: ignore[import-untyped]  # noqa: PLC0415 - loads Pango
    except OSError:
        raise MissingPartError(Problem("report-no-pango", "PDF")) from None
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return weasyprint.HTML(string=text, url_fetcher=_nothing)


def _nothing(url: str) -> dict[str, object]:
    raise ValueError(f"a report fetches nothing: {url}")
