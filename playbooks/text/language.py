"""How likely a word is as Vietnamese, and as Western European text: natural logarithms."""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections import defaultdict
from collections.abc import Mapping
from importlib import resources

from playbooks.text.syllable import is_highland, names, syllables

WORD = re.compile(r"[^\W\d_]+")
RUN = re.compile(r"[^\s\d_!-/:-@\[-`{-~]+")  # letters, and signs that stand for letters
SEEN, UNSEEN = 0.96, 0.03  # of all words: syllables of the counts, others of the grammar
NAME, ABBREVIATED = -11.0, -5.5
INVALID, INVALID_LETTER = -10.0, -3.0
HIGHLAND, HIGHLAND_LETTER = -11.0, -1.5  # more seldom than any syllable of the grammar
TITLE, UPPER, MIXED = -0.7, -1.0, -8.0
CONSONANTS = frozenset("bcdđghklmnpqrstvx")
ABBREVIATION = re.compile(r"[BCDGHKLMNPQRSTVX]{0,4}Đ[BCDĐGHKLMNPQRSTVXU]{0,5}|TƯ|ĐƯ")
KNOWN_ABBREVIATION = re.compile(
    "[QNHTGCL]Đ|HĐND|HĐLĐ|Đ[THC]|ĐHQG|ĐKKD|LĐTBXH|BCĐ|HĐQT|ĐVT|CNĐT|ĐTM|TƯ|ĐƯ"
)
# Words of other languages that are far commoner than their letters.
COMMON_WORDS = re.compile(
    "allí|après|aquí|así|até|avó|avô|aîné|año|años|aún|bahreïn|bebé|blé|bogotá|båt|bébé|bør|bő"
    "|caffè|café|caïn|chá|città|clé|così|côté|dá|där|då|dès|dé|déjà|día|dó|dû|está|från|früh"
    "|få|får|fé|fée|för|før|fünf|für|fű|gesù|già|giù|größe|grün|gå|går|hanoï|haïti|här|hånd"
    "|hår|hó|hör|irmã|josé|já|koweït|két|köln|könig|kő|lié|loïc|là|lã|lång|lì|ló|maría|maïs|má"
    "|más|mãe|må|mår|mère|même|mês|möbel|müde|naïf|naïve|noël|ná|não|när|nå|når|né|née|nó|nő"
    "|også|où|papà|país|perù|perú|più|près|pré|può|pá|pâté|pão|på|père|pé|qué|raïs|råd|schön"
    "|shanghaï|små|står|større|são|så|sé|sì|sí|só|sù|süß|taï|thaï|thaïe|thé|tribù|très|três"
    "|två|tè|té|têm|tôt|tú|tür|tő|vaï|você|víz|vóór|zaïre|zó|zürich|à|às|är|även|år|åt|è|é|él"
    "|été|één|être|ø|øl|úr|über|ű"
)
COMMON_WORD = -6.5
SMALL_ABBREVIATION = re.compile(
    r"(?:h|n|q|g|x|bc|hn|t)đ(?:lđ|kt|tk|c|nd|qt|tv)?|sđt|đ[bdđkhstv]|tư"
)
# "n° 4", "2ª", "10 µm", "20 °C", "24½", "± 5"
NUMBERED = re.compile(
    r"(?<![^\s(])(?:[NnFfMmDdPp]?[\d.,]*[°ºª]|\d[\d.,]*[½¼¾]"
    r"|[\d.,]*(?:°[CFK]|µ[glmsFVAW]|[kcdmhKCDMH]?[mM][²³])|[±×÷½¼¾£¥](?!\S))(?![^\W\d_])"
)
NUMBER = -8.0
NO_LETTER = re.compile("[µªº]")
EDGE = frozenset("“”‘’–—…•\xa0«»°§€™®©")
BEFORE_NO_LETTER = frozenset("§»®™€…")
SIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x80-\xbf×÷\u2000-\u2fff]|[^\\w\x00-\x7f]")
EDGE_SIGN, INNER_SIGN, CONTROL = -3.5, -9.0, -20.0
WORDS_OF_ONE = frozenset("àéóáèöåÀÉÓÁÖÅÑñyYaAoOeEiIuU")
UNUSUAL_LETTER, MIXED_CASE = -9.9, -5.0


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
            return (ABBREVIATED if KNOWN_ABBREVIATION.fullmatch(word) else 2 * ABBREVIATED) - len(
                word
            )
        if SMALL_ABBREVIATION.fullmatch(word):
            return 2 * ABBREVIATED - len(word)
        if is_highland(small):
            return HIGHLAND + HIGHLAND_LETTER * len(word) + _case(word)
        return INVALID + INVALID_LETTER * len(word)
    return share + _case(word)


def is_word(word: str) -> bool:
    """Whether it may stand in Vietnamese: a syllable, a name, an abbreviation."""
    small = word.lower()
    return ((small in syllables() or small in names()) and _case(word) > MIXED) or (
        ABBREVIATION.fullmatch(word) or SMALL_ABBREVIATION.fullmatch(word)
    ) is not None


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
        near = at < len(text) - 1 and (text[at + 1].isalpha() or not text[at + 1].isascii())
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
    """Weigh a token as French, German, Spanish and the like: its signs, and its words."""
    numbered = NUMBERED.sub(" ", token)
    return (
        signs(numbered)
        + NUMBER * (numbered != token)
        + sum(
            plain_word(word) if word.isascii() else western_word(word)
            for word in WORD.findall(NO_LETTER.sub(" ", numbered))
        )
    )


def ours(token: str) -> float:
    """Weigh a token as Vietnamese: its signs, and its words."""
    return signs(token) + sum(
        plain_word(word) if word.isascii() else vietnamese(word) for word in WORD.findall(token)
    )


@functools.lru_cache(1 << 16)
def plain_word(word: str) -> float:
    """Give the logarithm of a word of ASCII in either language."""
    return max(western_word(word), vietnamese(word))


@functools.lru_cache(1 << 16)
def western_word(word: str) -> float:
    """Give the logarithm of a word, by which letter follows which."""
    if len(word) == 1 and word not in WORDS_OF_ONE:
        return 2 * UNUSUAL_LETTER
    follows = _follows()
    cost = sum(
        follows.get(pair, UNUSUAL_LETTER) for pair in itertools.pairwise(f"^{word.lower()}$")
    )
    if COMMON_WORDS.fullmatch(word.lower()):
        cost = max(cost, COMMON_WORD)
    if word.islower():
        return cost
    if word.isupper():
        return cost + (UPPER if len(word) > 1 else TITLE)
    changes = sum(a.islower() and b.isupper() for a, b in itertools.pairwise(word))
    if word[0].isupper() and not changes and word[1:].islower():
        return cost + TITLE
    return cost + MIXED_CASE * max(1, changes)


@functools.cache
def _follows() -> Mapping[tuple[str, str], float]:
    """Give the logarithm of each pair of letters; `^` begins a word, `$` ends it."""
    text = resources.files("playbooks.text").joinpath("western.txt").read_text("utf-8")
    heads, *rows = (line.split() for line in text.splitlines()[1:])
    return {
        (first, second): int(cost) / -10
        for first, *costs in rows
        for second, cost in zip(heads, costs, strict=True)
    }
