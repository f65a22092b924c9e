"""HTML whose fonts tell the encoding: each run by its font, the rest by what it reads like."""

from __future__ import annotations

import re

from playbooks.text.column import convert
from playbooks.text.declared import told
from playbooks.text.detect import Detector
from playbooks.text.stream import Tally, count
from playbooks.text.verdict import Verdict

PART = re.compile(
    rb"(<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)\s*>|<[^>]*>)", re.IGNORECASE | re.DOTALL
)
TAG = re.compile(rb"<(/?)\s*([a-zA-Z][a-zA-Z0-9]*)")
FACE = re.compile(rb"(?:\bface\s*=\s*|font-family\s*:\s*)[\"']?\s*([^\"';>,]+)", re.IGNORECASE)
CHARSET = re.compile(rb"(charset\s*=\s*[\"']?)[\w.:-]+", re.IGNORECASE)
VOID = frozenset(b"br hr img meta link input area base col param source".split())
MODERN = b"Times New Roman"


def convert_html(data: bytes, encoding: str | None) -> tuple[bytes, list[Tally]]:
    """Convert the text of a page to UTF-8; tags, scripts and styles stay."""
    runs = list(_runs(data))
    groups: dict[str | None, list[bytes]] = {}
    for text, font in runs:
        if text is not None and not text.startswith(b"<"):
            groups.setdefault(font, []).append(text)
    verdicts = {font: _verdict(texts, font, encoding) for font, texts in groups.items()}
    said = {font: convert(texts, verdicts[font]) for font, texts in groups.items()}
    tallies = []
    for font, done in said.items():
        verdict = verdicts[font]
        tally = Tally(font or "text", verdict.encoding, verdict.confidence, len(done.texts))
        tally.changed, tally.capitals_guessed = done.changed, done.capitals_guessed
        count(tally, done.texts, done.doubtful)
        tallies.append(tally)
    lines = {font: iter(done.texts) for font, done in said.items()}
    parts = [
        _tag(text) if text.startswith(b"<") else (next(lines[font]) or "").encode("utf-8")
        for text, font in runs
    ]
    return b"".join(parts), tallies


def _verdict(texts: list[bytes], font: str | None, encoding: str | None) -> Verdict:
    table = told(font) if font else None
    found = Detector().column(texts, font)
    if found.encoding in ("utf-8", "ascii", "ncr") or (table is None and encoding is None):
        return found
    return Verdict(table or encoding or found.encoding, 1.0, "told by the font")


def _runs(data: bytes) -> list[tuple[bytes, str | None]]:
    """Give text and tags in order, each with the font that holds there."""
    runs: list[tuple[bytes, str | None]] = []
    stack: list[tuple[bytes, str | None]] = [(b"", None)]
    for part in PART.split(data):
        if not part:
            continue
        tag = TAG.match(part)
        if tag and not tag[1] and tag[2].lower() not in VOID and not part.endswith(b"/>"):
            face = FACE.search(part)
            font = face[1].decode("latin-1").strip() if face else stack[-1][1]
            if part[:7].lower() not in (b"<script", b"<style>"):
                stack.append((tag[2].lower(), font))
        elif tag and tag[1]:
            _close(stack, tag[2].lower())
        runs.append((part, stack[-1][1]))
    return runs


def _close(stack: list[tuple[bytes, str | None]], name: bytes) -> None:
    """Leave the innermost element of that name; a stray end is passed over."""
    for at in range(len(stack) - 1, 0, -1):
        if stack[at][0] == name:
            del stack[at:]
            return


def _tag(tag: bytes) -> bytes:
    """Name UTF-8 for the charset, and a font of today for one that tells an old encoding."""
    tag = CHARSET.sub(rb"\1utf-8", tag)
    return FACE.sub(_face, tag)


def _face(hit: re.Match[bytes]) -> bytes:
    old = told(hit[1].decode("latin-1").strip()) is not None
    return hit[0].replace(hit[1], MODERN) if old else hit[0]
