"""Values by what their bytes can be: ASCII, UTF-8, UTF-8 that was cut, something older."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from playbooks.text import legacy
from playbooks.text.score import SPECIAL
from playbooks.text.verdict import FOREIGN

LAST_ASCII = 0x7F
UTF8_PAIR = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
CUT = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{0,2}\Z")
CUT_HEAD = re.compile(rb"\A[\x80-\xbf]{1,3}")
NO_CAPITAL = re.compile(rb"[a-z][\x01-\x08\x0e-\x1f]")
NOT_ODD = bytes(
    byte for byte in range(256) if byte > LAST_ASCII or not SPECIAL.match(bytes((byte,)))
)
# Letters of one script in a word of another, and blocks that no text here uses: two old bytes
# that happen to be valid UTF-8.
UNLIKELY = re.compile(
    "[A-Za-z\u00c0-\u024f][\u0370-\u07ff]|[\u0370-\u07ff][A-Za-z\u00c0-\u024f]"
    "|[\x80-\x9f\u0180-\u019f\u01a2-\u01ae\u01b1-\u02ff\u0500-\u058f\u0700-\u07ff]"
)
BEYOND_ASCII, BY_CHANCE = re.compile("[^\x00-\x7f]"), 3  # letters that old bytes may make
OURS_ALONE = re.compile(
    rb"\xe1[\xba\xbb][\x80-\xbf]|\xc6[\xa0\xa1\xaf\xb0]|\xc4[\x82\x83\x90\x91]"
)  # letters of no other language, in UTF-8
OURS_CUT = re.compile(rb"\xe1[\xba\xbb]\Z")
OURS = re.compile(
    "[\u00c0-\u00c3\u00c8-\u00ca\u00cc\u00cd\u00d2-\u00d5\u00d9\u00da\u00dd\u00e0-\u00e3\u00e8-\u00ea\u00ec\u00ed\u00f2-\u00f5\u00f9\u00fa\u00fd\u0102-\u0111\u0128-\u0129\u0168-\u0169\u01a0-\u01b0\u0300-\u0323\u1ea0-\u1ef9]"
)
OTHER_SCRIPT = re.compile(
    "[^\x00-\xff\u0102-\u0111\u0128-\u0129\u0168-\u0169\u01a0-\u01b0\u0300-\u0323\u1ea0-\u1ef9\u2010-\u2026]"
)
# What old bytes become that are taken for Latin-1 or Windows-1252, and no text here has.
STORED_TWICE = re.compile("[\x80-\x9fƒŒœŠšŸŽžˆ˜€™]")


@dataclass(frozen=True)
class Kinds:
    """Distinct values by what their bytes can be."""

    plain: list[bytes]
    unicode: list[bytes]
    cut: list[bytes]
    raw: list[bytes]


def kinds_of(values: Sequence[bytes]) -> Kinds:
    """Part distinct values; ASCII with odd control codes goes with the values around it."""
    kinds = Kinds([], [], [], [])
    odd: list[bytes] = []
    joined = b"\n".join(values)
    is_possible = UTF8_PAIR.search(joined) is not None
    is_whole = is_possible and is_utf8(joined)
    is_odd = joined.translate(None, NOT_ODD) != b""
    kinds.plain.extend(filter(bytes.isascii, values))
    if is_odd:
        odd = [value for value in kinds.plain if _may_be_old(value)]
        kinds.plain[:] = [value for value in kinds.plain if not _may_be_old(value)]
    high = list(itertools.filterfalse(bytes.isascii, values))
    if is_possible:
        kinds.unicode.extend(value for value in high if is_whole or is_utf8(value))
        new = set(kinds.unicode)
        high = [value for value in high if value not in new]
    kinds.raw.extend(high)
    _part_chance(kinds)
    (kinds.plain if kinds.unicode and not kinds.raw else kinds.raw).extend(odd)
    if kinds.unicode:
        _part_cut(kinds)
    return kinds


def _may_be_old(value: bytes) -> bool:
    """Whether ASCII has control codes that may be letters: all of them are capitals."""
    return SPECIAL.search(value) is not None and not NO_CAPITAL.search(value)


def _part_cut(kinds: Kinds) -> None:
    """Put UTF-8 that was cut by itself; letters before the cut show what it was."""
    sure = set(filter(_is_surely_cut, kinds.raw))
    sure |= _cut_alike(kinds, sure)
    left = [value for value in kinds.raw if value not in sure]
    if left and all(map(is_cut, left)) and are_longest(left, kinds) and not _is_old(left):
        sure.update(left)
    kinds.cut.extend(value for value in kinds.raw if value in sure)
    kinds.raw[:] = [value for value in kinds.raw if value not in sure]


def are_longest(values: Collection[bytes], kinds: Kinds) -> bool:
    """Whether some values end where a field would cut them: no value of the column is longer."""
    limit = max(map(len, (*kinds.plain, *kinds.unicode, *kinds.raw)))
    return all(len(value) == limit for value in values)


def _cut_alike(kinds: Kinds, sure: Collection[bytes]) -> set[bytes]:
    """Give what was cut where the sure ones were: at the limit of the field."""
    if not sure or not are_longest(sure, kinds):
        return set()
    limit = len(next(iter(sure)))
    return {value for value in kinds.raw if len(value) == limit and is_cut(value)}


def _is_surely_cut(value: bytes) -> bool:
    """Whether Vietnamese letters of UTF-8 stand before a cut, or old bytes stored so, no others."""
    if not is_cut(value):
        return False
    text = STORED_TWICE.sub("", body(value).decode("utf-8"))
    return OURS.search(text) is not None and not OTHER_SCRIPT.search(text)


def _part_chance(kinds: Kinds) -> None:
    """Put old bytes that are valid UTF-8 by chance with the other old ones."""
    texts = {value: STORED_TWICE.sub("", value.decode("utf-8")) for value in kinds.unicode}
    few = {v: text for v, text in texts.items() if len(BEYOND_ASCII.findall(text)) <= BY_CHANCE}
    chance = {value for value, text in few.items() if UNLIKELY.search(text)}
    if chance and (kinds.raw or legacy.find(list(chance), None).name != FOREIGN):
        kinds.raw.extend(value for value in kinds.unicode if value in chance)
        kinds.unicode[:] = [value for value in kinds.unicode if value not in chance]


def _is_old(values: Sequence[bytes]) -> bool:
    """Whether a table reads what may also be UTF-8 that was cut."""
    return bool(values) and legacy.find(values, None).name != FOREIGN


def is_utf8(value: bytes) -> bool:
    """Whether it is valid UTF-8."""
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_cut(value: bytes) -> bool:
    """Whether it is UTF-8 but for a character that was cut at one of its ends."""
    whole = body(value)
    if len(whole) == len(value) or not is_utf8(whole):
        return False
    text = whole.decode("utf-8")
    if CUT_HEAD.match(value) and OTHER_SCRIPT.search(text):
        return False  # what parts columns by bytes cuts their ends, and seldom their heads
    return UNLIKELY.search(STORED_TWICE.sub("", text)) is None


def is_all_cut(values: Sequence[bytes]) -> bool:
    """Whether all values are UTF-8 that was cut, with letters of Vietnamese alone before a cut."""
    ours = (OURS_ALONE.search(body(value)) or OURS_CUT.search(value) for value in values)
    return all(map(is_cut, values)) and any(ours)


def body(value: bytes) -> bytes:
    """Give a value without a cut character at its ends."""
    return CUT_HEAD.sub(b"", CUT.sub(b"", value))
