"""A column's values as text, by what was found out about it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from playbooks.text import capitals, initial, ncr, viqr
from playbooks.text.decode import decoder
from playbooks.text.language import WORD, is_word
from playbooks.text.table import BYTE_TABLES
from playbooks.text.verdict import Verdict

FONT_CASE = ("tcvn3", "double:tcvn3")
IN_ONE_BLOCK = frozenset({*BYTE_TABLES, "utf-8"}) - {"bkhcm1", "tcvn3-h"}
ADDRESS = re.compile(rb"\S*(?:@\w|://)\S*|www\.\S+")
SAMPLE = 2000  # values that show a habit
LETTERS_AS_SIGNS = re.compile(rb"[~{}|^`]")


@dataclass(frozen=True)
class Converted:
    """A column after its conversion.

    Attributes:
        texts: One per value, in order, NFC; None stays None.
        doubtful: Positions that a person should see.
        changed: How many values read differently now.
        capitals_guessed: Letters of TCVN3 whose case was found again by rule.
    """

    texts: list[str | None]
    doubtful: list[int]
    changed: int
    capitals_guessed: int


def convert(values: Sequence[bytes | None], verdict: Verdict) -> Converted:
    """Decode every value by its own encoding; equal values are decoded once."""
    distinct = list(dict.fromkeys(value for value in values if value is not None))
    heading = _is_heading(distinct, verdict)
    said = _said(distinct, verdict, heading=heading)
    texts = [None if value is None else said[value] for value in values]
    doubtful = [at for at, value in enumerate(values) if value in verdict.doubtful]
    guessed = _guessed(said, verdict)
    return Converted(
        texts,
        doubtful,
        sum(value is not None and _differs(value, said[value]) for value in values),
        sum(guessed.get(value, 0) for value in values if value is not None),
    )


def _said(values: Sequence[bytes], verdict: Verdict, *, heading: bool) -> dict[bytes, str]:
    """Decode distinct values, those of an encoding in one block where none needs a look."""
    groups: dict[str, list[bytes]] = defaultdict(list)
    for value in values:
        groups[verdict.of(value)].append(value)
    said: dict[bytes, str] = {}
    for name, group in groups.items():
        joined = b"\n".join(group)
        if name == "viqr":
            said |= _viqr(group)
            continue
        is_block = name in IN_ONE_BLOCK and joined.count(b"\n") < len(group)
        if is_block and b"&" not in joined:
            said |= dict(zip(group, _block(joined, name, heading=heading), strict=True))
        else:
            said |= {value: _text(value, verdict, heading=heading) for value in group}
        if name in FONT_CASE and not heading:
            _raise(
                said, group, initial.with_small_starts(joined) if is_block else range(len(group))
            )
    return said


def _viqr(group: Sequence[bytes]) -> dict[bytes, str]:
    """Decode VIQR, whose dots are stops or tones by the habit of the column."""
    texts = [decoder("utf-8")(value) for value in group]
    habit = viqr.habit_of(texts[:SAMPLE])
    return {value: viqr.decode(text, habit) for value, text in zip(group, texts, strict=True)}


def _raise(said: dict[bytes, str], group: Sequence[bytes], at: Iterable[int]) -> None:
    """Raise the names of some values by the habit of the column."""
    chosen = [group[each] for each in at]
    if chosen:
        habit = initial.habit_of(map(said.__getitem__, group))
        said |= {value: initial.raised(said[value], habit) for value in chosen}


def _block(joined: bytes, name: str, *, heading: bool) -> list[str]:
    text = decoder(name)(joined)
    if heading and name in FONT_CASE:
        text = capitals.restore(joined, text, heading=True)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.split("\n")


def _differs(value: bytes, text: str) -> bool:
    return value != text.encode("utf-8", "replace")


def _guessed(said: Mapping[bytes, str], verdict: Verdict) -> dict[bytes, int]:
    """Count the capitals of TCVN3 that rules gave back."""
    values = [value for value in said if verdict.of(value) == "tcvn3"]
    shown = decoder("tcvn5712-3")  # the same letters, as small as they stand
    counts = {}
    joined = b"\n".join(values)
    whole = joined.count(b"\n") < len(values)
    texts = shown(joined).split("\n") if whole else map(shown, values)
    for value, plain in zip(values, texts, strict=False):
        if said[value] != plain:
            counts[value] = max(0, _capitals(said[value]) - _capitals(plain))
    return counts


def _capitals(text: str) -> int:
    return sum(map(str.isupper, text))


def _text(value: bytes, verdict: Verdict, *, heading: bool) -> str:
    name = verdict.of(value)
    if name == "foreign":
        return unicodedata.normalize("NFC", _foreign(value, verdict.codec))
    if name == "tcvn3-h":
        return _outside_addresses(value, name)
    if name == "bkhcm1":
        return _signs_or_letters(value)
    text = decoder(name)(value)
    if name in FONT_CASE and not text.isascii():
        text = capitals.restore_line(text, heading=heading)
    if name in BYTE_TABLES:
        text = ncr.decode(text)
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
    return text


def _foreign(value: bytes, codec: str) -> str:
    try:
        return value.decode(codec)
    except UnicodeDecodeError:
        return decoder("foreign")(value)


def _outside_addresses(value: bytes, name: str) -> str:
    decode, parts, done = decoder(name), [], 0
    for hit in ADDRESS.finditer(value):
        parts += [decode(value[done : hit.start()]), decoder("utf-8")(hit[0])]
        done = hit.end()
    return "".join((*parts, decode(value[done:])))


def _signs_or_letters(value: bytes) -> str:
    """Decode BKHCM1, whose `~ { } | ^` are letters only inside Vietnamese words."""
    decode = decoder("bkhcm1")
    parts = []
    for token in re.split(rb"(\s+)", value):
        text = decode(token)
        if token.isascii() and LETTERS_AS_SIGNS.search(token):
            words = [word for word in WORD.findall(text) if not word.isascii()]
            text = text if all(map(is_word, words)) else token.decode("ascii")
        parts.append(text)
    return "".join(parts)


def _is_heading(values: Iterable[bytes], verdict: Verdict) -> bool:
    """Whether a column of TCVN3 has capitals alone, so that its small toned letters are too."""
    raised = False
    for value in values:
        name = verdict.of(value)
        if name not in FONT_CASE:
            continue
        decode = decoder(name)
        words = WORD.findall(initial.MARKUP.sub(" ", decode(ADDRESS.sub(b" ", value))))
        if any(map(capitals.is_small, words)):
            return False
        raised = raised or capitals.is_heading(words)
    return raised


Report = Mapping[str, object]
