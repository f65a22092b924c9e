r"""RTF: runs in old fonts, their `\'xx` bytes written as `\uN`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from playbooks.text.column import convert
from playbooks.text.declared import told
from playbooks.text.stream import Tally
from playbooks.text.verdict import Verdict

TOKEN = re.compile(
    rb"\\'([0-9a-fA-F]{2})|(\\[a-zA-Z]+-?[0-9]* ?)|(\\[^a-zA-Z'])|([{}])|([^\\{}\r\n]+)|([\r\n]+)"
)
FONT = re.compile(rb"\\f([0-9]+)((?:\\[a-zA-Z]+-?[0-9]* ?|[\s])*)([^\\;{}]+)")
FONT_RUN = re.compile(rb"\\f([0-9]+) ?\Z")
SIGNED = 0x8000


def convert_rtf(data: bytes, encoding: str | None) -> tuple[bytes, list[Tally]]:
    """Convert the runs of fonts that tell an old encoding; all else stays byte for byte."""
    fonts = _fonts(data)
    head = data.find(b"{\\fonttbl")
    start = _group_end(data, head) if head >= 0 else 0
    tallies: dict[str, Tally] = {}
    parts = [data[:start]]
    for token, text, font in _runs(data[start:]):
        name = fonts.get(font) or encoding
        if text is None or name is None or not text:
            parts.append(token)
            continue
        done = convert([text], Verdict(name, 1.0, "told by the font"))
        tally = tallies.setdefault(name, Tally(f"font {font}", name, 1.0))
        tally.values += 1
        tally.changed += done.changed
        tally.capitals_guessed += done.capitals_guessed
        parts.append(_escaped(done.texts[0] or ""))
    return b"".join(parts), list(tallies.values())


def _fonts(data: bytes) -> dict[int, str]:
    head = data.find(b"{\\fonttbl")
    part = data[head : _group_end(data, head)] if head >= 0 else b""
    named = {int(hit[1]): told(hit[3].decode("latin-1").strip()) for hit in FONT.finditer(part)}
    return {number: name for number, name in named.items() if name}


def _group_end(data: bytes, start: int) -> int:
    depth = 0
    for hit in re.finditer(rb"\\.|[{}]", data[start:], re.DOTALL):
        depth += {b"{": 1, b"}": -1}.get(hit[0], 0)
        if depth == 0:
            return start + hit.end()
    return len(data)


def _runs(data: bytes) -> Iterator[tuple[bytes, bytes | None, int]]:
    """Give tokens as they stand; runs of text also as bytes, with their font."""
    stack, font = [0], 0
    raw, text = bytearray(), bytearray()
    for hit in TOKEN.finditer(data):
        if hit[1] or hit[5] is not None:
            raw += hit[0]
            text += bytes.fromhex(hit[1].decode("ascii")) if hit[1] else hit[5]
            continue
        if raw:
            yield bytes(raw), bytes(text), font
            raw, text = bytearray(), bytearray()
        font = _font_after(hit, stack, font)
        yield hit[0], None, font
    if raw:
        yield bytes(raw), bytes(text), font


def _font_after(hit: re.Match[bytes], stack: list[int], font: int) -> int:
    if hit[4] == b"{":
        stack.append(font)
    elif hit[4] == b"}":
        return stack.pop() if len(stack) > 1 else font
    found = FONT_RUN.match(hit[0])
    return int(found[1]) if found else font


def _escaped(text: str) -> bytes:
    parts = []
    for char in text:
        point = ord(char)
        if char in "\\{}":
            parts.append(f"\\{char}")
        elif point < 0x80:  # noqa: PLR2004 - ASCII
            parts.append(char)
        else:
            parts.append(f"\\u{point - 2 * SIGNED if point >= SIGNED else point}?")
    return "".join(parts).encode("ascii")
