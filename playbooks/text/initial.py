"""TCVN3's small toned letters where a word begins: "ánh", "ỷ Lan", "ủy ban" may be names.

No byte tells; the words around do, and how the other values of the column are written.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from playbooks.text.proper import proper
from playbooks.text.table import table

WORD = re.compile(r"[^\W\d_]+")
BOARD = re.compile(r"\b(?:ủy|uỷ) ban(?= nhân dân\b)")
PARTICLE = re.compile("[àạếôởờọừý]|ấy|ít|ốm|ôi|ổn|ủa|ứng")
COMMON = re.compile(
    "[aá]ch|ảnh|ào|áo|ảo|áp|ấm|ẩm|ẩu|ém|én|ép|ẹp|ếch|ọp|ống|ổi|ớt|úp|ướt|ước|ướp|uống"
)
MARKUP = re.compile(r"(<[^<>]*>|&\w+;)")
SENTENCE_END = re.compile(r"[a-zà-ỹ]{3}[.!?] +\Z")
GIVEN = re.compile("ái|án|ánh|ấn|ẩn|út|ửng")
COMPOUND = re.compile(
    "(?:dự|tòa|toà|đồ|bản|vụ|phương|đề|giáo|đáp|hình|thi|kháng) án|in ấn|(?:bác|thân|nhân|ân) ái"
    "|(?:thành|tỉnh|huyện|quận|đảng|khu|thị|xã|phường|cấp) (?:ủy|uỷ)"
    "|(?:đại|thượng|trung|thiếu|chuẩn) úy|(?:bí|tiềm) ẩn|phản ánh|đỏ ửng|con út"
)
UNITS = frozenset({"huyện", "xã", "phường", "quận", "thôn", "trấn", "tỉnh", "phố", "họ"})
HAMLET = "ấp"
SMALL_UNIT = re.compile(r"(?<!Thành )(?<!Thị )\b(?:huyện|xã|phường|quận|thôn|trấn|tỉnh|phố)\b")
SPOKEN = frozenset({"lưu", "chú", "góp", "đồng", "ngỏ", "đề", "hữu", "vô", "cố", "dụng", "tâm"})
PLAIN_SMALL = frozenset("abcdefghijklmnopqrstuvwxyzăâêôơưđ")
FIRST_TONED, LINE_END = 0xB5, 0x0A
MOSTLY, SAMPLE, FEW = 0.8, 1000, 2


@dataclass(frozen=True)
class Habit:
    """How a column writes: whether values, and whether the words in them, begin with capitals."""

    is_titled: bool
    is_named: bool


def habit_of(texts: Iterable[str]) -> Habit:
    """Judge by letters whose case is sure."""
    firsts, inner = [0, 0], [0, 0]
    for at, text in enumerate(texts):
        if at == SAMPLE:
            break
        words = WORD.findall(MARKUP.sub(" ", text) if "<" in text else text)
        if words and words[0][0].lower() in PLAIN_SMALL:
            firsts[words[0][0].isupper()] += 1
        for word in words[1:]:
            if word[0].lower() in PLAIN_SMALL:
                inner[word[0].isupper()] += 1
    return Habit(
        firsts[1] > firsts[0],
        inner[1] > MOSTLY * sum(inner),
    )


def raised(line: str, habit: Habit) -> str:
    """Raise the first letter of names that begin with a toned vowel."""
    parts = MARKUP.split(line) if "<" in line else []
    if len(parts) > 1:
        parts[::2] = [raised(part, habit) if part.strip() else part for part in parts[::2]]
        return "".join(parts)
    line = BOARD.sub(lambda hit: hit[0].capitalize(), line)
    line = proper().sub(lambda hit: hit[0].capitalize(), line)
    words = list(WORD.finditer(line))
    others = [hit[0] for hit in words if not is_raisable(hit[0])]
    large = sum(word[0].isupper() for word in others)
    names = len(others) == large and (large >= FEW or (large > 0 and habit.is_named))
    for at, hit in enumerate(words):
        if is_raisable(hit[0]) and _is_name(line, words, at, habit, names=names):
            line = line[: hit.start()] + hit[0].capitalize() + line[hit.end() :]
    return line


def _is_name(line: str, words: list[re.Match[str]], at: int, habit: Habit, *, names: bool) -> bool:
    if at and not SENTENCE_END.search(line, 0, words[at].start()):
        return _is_inner_name(line, words, at, habit, names=names)
    if words[at][0] == HAMLET and SMALL_UNIT.search(line):
        return False  # written as the other units are
    return habit.is_titled or names or _follows(line, words, at)


def _is_inner_name(
    line: str, words: list[re.Match[str]], at: int, habit: Habit, *, names: bool
) -> bool:
    word, before = words[at][0], words[at - 1][0]
    sure, follows = names and habit.is_named, _follows(line, words, at)
    if COMPOUND.fullmatch(f"{before.lower()} {word}"):
        return sure or (word == "ái" and follows)
    if word == HAMLET or COMMON.fullmatch(word):
        return names and word == HAMLET
    if word == "ý" and 1 < at == len(words) - 1 and before.lower() not in SPOKEN:
        return before[:1].isupper()
    if PARTICLE.fullmatch(word):
        return (follows and before.lower() in UNITS) or (sure and word != "ở")
    if GIVEN.fullmatch(word) and at > 1 and before[:1].isupper():
        return True
    return names or follows


def _follows(line: str, words: list[re.Match[str]], at: int) -> bool:
    """Whether a name goes on behind one space: a word with one capital, at its beginning."""
    if at + 1 == len(words) or line[words[at].end() : words[at + 1].start()] != " ":
        return False
    after = words[at + 1][0]
    return after[0].isupper() and after[1:].islower()


def is_raisable(word: str) -> bool:
    """Whether it is small as it stands, but its first letter has no capital in TCVN3."""
    return word.islower() and word[0] not in PLAIN_SMALL and not word[0].isascii()


def with_small_starts(data: bytes) -> list[int]:
    """Give the numbers of the lines of TCVN3 where a word begins with a small toned letter."""
    inside, toned = (np.frombuffer(data.translate(each), np.bool_) for each in _starts())
    hits = np.flatnonzero(toned[1:] & ~inside[:-1]) + 1
    if toned.size and toned[0]:
        hits = np.concatenate((np.zeros(1, hits.dtype), hits))
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == LINE_END)
    found: list[int] = np.unique(np.searchsorted(ends, hits)).tolist()
    return found


@functools.cache
def _starts() -> tuple[bytes, bytes]:
    """Give whether a byte is a letter, and whether it is a small toned one."""
    small = table("tcvn3").single
    inside = bytes(small[byte].isalpha() for byte in range(256))
    toned = bytes(byte >= FIRST_TONED and small[byte].islower() for byte in range(256))
    return inside, toned
