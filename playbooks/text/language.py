"""How likely a word is as Vietnamese, and as Western European text: natural logarithms."""

from __future__ import annotations

import functools
import math
import re
from collections import defaultdict
from collections.abc import Mapping
from importlib import resources

from playbooks.text.syllable import names, syllables

WORD = re.compile(r"[^\W\d_]+")
RUN = re.compile(r"[^\s\d_!-/:-@\[-`{-~]+")  # letters, and signs that stand for letters
SEEN, UNSEEN = 0.96, 0.03  # of all words: syllables of the counts, others of the grammar
NAME, ABBREVIATED = -11.0, -4.5
INVALID, INVALID_LETTER = -10.0, -3.0
TITLE, UPPER, MIXED = -0.7, -1.0, -8.0
CONSONANTS = frozenset("bcdđghklmnpqrstvx")
ABBREVIATION = re.compile(r"[BCDGHKLMNPQRSTVX]{0,4}Đ[BCDĐGHKLMNPQRSTVXU]{0,4}|TƯ|ĐƯ")
EDGE = frozenset("“”‘’–—…•\xa0«»°§€™®©")
BEFORE_NO_LETTER = frozenset("§»®™€…")
SIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x80-\xbf×÷\u2000-\u2fff]|[^\\w\x00-\x7f]")
EDGE_SIGN, INNER_SIGN, CONTROL = -3.5, -9.0, -13.0
LETTER, CAPITAL, INNER_CAPITAL = -2.6, -3.2, -5.0
# A plain vowel and one of the letters that VNI uses for its marks: hardly Western.
VOWEL_MARKS = re.compile(
    "[aA][âàùûõøãåäáÂÀÙÛÕØÃÅÄÁ]|[uU][ùûõøÙÛÕØ]|[eE][âàùõøãÂÀÙÕØÃ]|[iI][ùûõøÙÛÕØ]|[oO][øõØÕ]|[yY][ùûõøÙÛÕØ]"
)
VOWEL_MARK = -3.0
WORDS_OF_ONE, ALONE = frozenset("àéóáèöåÀÉÓÁÖÅÑñµªº"), -4.0
COMMON = frozenset("éèêàçùâîôûëïüöäßñáíóúæøåœÉÈÀÇÖÜÄÁÍÓÚÑÅØ")
COMMON_LETTER, OTHER_LETTER = -4.6, -6.8


@functools.cache
def frequencies() -> Mapping[str, float]:
    """Give the logarithm of each known syllable's share."""
    counts: dict[str, int] = {}
    text = resources.files("playbooks.text").joinpath("counts.txt").read_text("utf-8")
    for line in text.splitlines()[1:]:
        count, *words = line.split()
        counts |= dict.fromkeys(words, int(count))
    total = sum(counts.values())
    return {word: math.log(SEEN * count / total) for word, count in counts.items()}


@functools.cache
def _unseen() -> Mapping[str, float]:
    """Give the logarithm of the share of syllables of the grammar that no count has, by parts."""
    onsets: dict[str, float] = defaultdict(float)
    rimes: dict[str, float] = defaultdict(float)
    for word, share in frequencies().items():
        onset, rime = _parts(word)
        onsets[onset] += 1 + math.exp(share) * len(frequencies()) / 4
        rimes[rime] += 1 + math.exp(share) * len(frequencies()) / 4
    shares = {
        word: (onsets[a] + 0.3) * (rimes[b] + 0.15)
        for word in syllables() - set(frequencies())
        for a, b in (_parts(word),)
    }
    total = sum(shares.values())
    return {word: math.log(UNSEEN * share / total) for word, share in shares.items()}


def _parts(word: str) -> tuple[str, str]:
    """Part a syllable into its consonants and the toned rest."""
    at = next((at for at, char in enumerate(word) if char not in CONSONANTS), len(word))
    return word[:at], word[at:]


@functools.cache
def values() -> frozenset[str]:
    """Give whole values of closed lists, in small letters."""
    text = resources.files("playbooks.text").joinpath("values.txt").read_text("utf-8")
    return frozenset(each for line in text.splitlines()[1:] for each in line.split("|"))


@functools.lru_cache(1 << 16)
def vietnamese(word: str) -> float:
    """Give the logarithm of a word of letters; far below any syllable where it is none."""
    small = word.lower()
    share = frequencies().get(small)
    if share is None:
        share = _unseen().get(small, NAME if small in names() else None)
    if share is None:
        if ABBREVIATION.fullmatch(word):
            return ABBREVIATED - len(word)
        return INVALID + INVALID_LETTER * len(word)
    return share + _case(word)


def is_word(word: str) -> bool:
    """Whether it may stand in Vietnamese: a syllable, a name, an abbreviation."""
    small = word.lower()
    return (
        (small in syllables() or small in names()) and _case(word) > MIXED
    ) or ABBREVIATION.fullmatch(word) is not None


def _case(word: str) -> float:
    if word.islower():
        return 0.0
    if word.isupper():
        return UPPER if len(word) > 1 else TITLE
    return TITLE if word[0].isupper() and word[1:].islower() else MIXED


def signs(text: str) -> float:
    """Weigh what is neither a letter nor ASCII: quotes at the edges of words, or rubbish."""
    cost = 0.0
    for at, char in enumerate(text if SIGN.search(text) else ""):
        if char < " " and char not in "\t\n\r":
            cost += CONTROL
        if char.isascii() or (char.isalpha() and char not in "µªº"):
            continue
        inner = 0 < at < len(text) - 1 and text[at - 1].isalpha() and text[at + 1].isalpha()
        near = at < len(text) - 1 and text[at + 1].isalpha()
        inner = inner or (char == "«" and at > 0 and text[at - 1].isalpha())
        if "\x80" <= char <= "\x9f":
            cost += CONTROL
        else:
            cost += (
                EDGE_SIGN
                if char in EDGE and not inner and not (near and char in BEFORE_NO_LETTER)
                else INNER_SIGN
            )
    return cost


def western(token: str) -> float:
    """Weigh a token's words with letters beyond ASCII as French, German, Spanish and the like."""
    cost = signs(token)
    for word in RUN.findall(token):
        if not word.isascii():
            cost += sum(_letter(char, at, word) for at, char in enumerate(word))
            cost += ALONE if len(word) == 1 and word.isalpha() and word not in WORDS_OF_ONE else 0.0
            cost += VOWEL_MARK * len(VOWEL_MARKS.findall(word))
    return cost


def _letter(char: str, at: int, word: str) -> float:
    if not char.isalpha() or char in "µªº":
        return 0.0  # counted as a sign
    if char.isascii():
        if char.islower():
            return LETTER
        return CAPITAL if at == 0 or word[at - 1].isupper() else INNER_CAPITAL
    cost = COMMON_LETTER if char in COMMON else OTHER_LETTER
    return cost + (INNER_CAPITAL if char.isupper() and at and word[at - 1].islower() else 0.0)
