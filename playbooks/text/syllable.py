"""The grammar of Vietnamese syllables: onset, rime, tone; both places of the tone mark."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from importlib import resources

ONSETS = (
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh",
    "nh", "p", "ph", "q", "r", "s", "t", "th", "tr", "v", "x",
)  # fmt: skip


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


RIMES = _words("""
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em
    en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp
    iêt iêu o oc oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui
    um un ung up ut uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưng ưt ưu ươc ươi ươm ươn ương ươp
    ươt ươu y yêm yên yêng yêt yêu ynh yt ych oa oac oach oai oam oan oang oanh oao oap oat oay
    oăc oăm oăn oăng oăp oăt oe oem oen oeo oet uân uâng uât uây uê uêch uênh uêt uên uơ uy uya
    uych uyên uyêt uynh uyp uyt uyu uyn uơi ưn
""")
Q_RIMES = _words("""
    ua uac uach uai uan uang uanh uao uat uau uay uap uăc uăm uăn uăng uăp uăt uâc uân uâng uât
    uâu uây ue uen ueo uet uê uên uêch uênh uêt uêu ui uit uich uinh uy uynh uyt uych uyn uyên
    uyêt uơ uơn uôc uôn uông uôt uem uep uơi ươi
""")
GI_RIMES = _words("""
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e em en
    eo ep et ê êng êt êc êm ên êu o oc oi om on ong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơt
    u ua uc ui um un ung up ut uôc uôi uôm uôn uông ư ưa ưc ưng ưt ươc ươm ươi ươn ương ươt n m
""")
BEFORE_FRONT = frozenset({"k", "gh", "ngh"})
NOT_BEFORE_FRONT = frozenset({"c", "g", "ng"})
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
STOPS = ("c", "ch", "p", "t")
VOWELS = "aăâeêioôơuưy"
CONSONANTS, MOST_JOINED = frozenset("bcdđghklmnpqrstvx"), 4
TONELESS = dict.fromkeys(map(ord, TONES[1:]))
# Clusters and ends that the minorities' names have beside those of the grammar; a light
# syllable may stand before.
HIGHLAND = re.compile(
    r"(?P<light>(?:[bcdhjklmnprstz]|[ckpt]h)[aiơ](?![aăâeêioôơuưy]))?"
    r"(?:[bcdđgjklmnpstvz]?[hlr]|[hk]?[mn]|m[dbđ]|k[bdpst]|p[nt]|r[cmsw]|s[km]|hr"
    r"|[bcdđghjklmnprstvwxz]|[ckpt]h|n[gh]|tr|gi)?"
    r"(?:[aăâeêioôơuưy]|[iuư][aê]|iê|uô|ươ|[aâeêiơuư]u|[aăâoôơuư][iy]|[ae]o|o[aă]|u[yê]|uơ)"
    r"(?:ng|[chklmnprt]|(?:(?<=[aêi])|(?<=ươ))[cn]h)?"
)


@functools.cache
def syllables() -> frozenset[str]:
    """Give every syllable that the spelling allows, in small letters and NFC."""
    return frozenset(
        onset + toned for onset in ONSETS for rime in _rimes(onset) for toned in _toned(rime, onset)
    )


def is_syllable(word: str) -> bool:
    """Whether a word in small letters is a syllable or a name of the list."""
    return word in syllables() or word in names()


def without_marks(word: str) -> str:
    """Give a word's letters as ASCII, "đ" as "d"."""
    spread = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in spread if char.isascii())


@functools.lru_cache(1 << 14)
def is_joined(word: str) -> bool:
    """Whether a word in small letters is two to four syllables written as one: "mátxcơva"."""
    reach = {0: 0}  # syllables up to each place
    for end in range(1, len(word) + 1):
        counts = [
            count + 1
            for start, count in reach.items()
            if count < MOST_JOINED and (not start or word[start] in CONSONANTS)
            if word[start:end] in syllables()
        ]
        if counts:
            reach[end] = min(counts)
    return reach.get(len(word), 0) > 1


@functools.cache
def names() -> frozenset[str]:
    """Give the syllables of ethnic and foreign place names that the grammar does not have."""
    text = resources.files("playbooks.text").joinpath("names.txt").read_text("utf-8")
    return frozenset(
        word for line in text.splitlines() if not line.startswith("#") for word in line.split()
    )


@functools.lru_cache(1 << 16)
def is_highland(word: str) -> bool:
    """Whether a word in small letters may be a name of the highlands: "kpă", "blíu", "pinăng"."""
    spread = unicodedata.normalize("NFD", word)
    plain = spread.translate(TONELESS)
    bare = unicodedata.normalize("NFC", plain)
    hit = HIGHLAND.fullmatch(bare) if len(spread) - len(plain) < 2 else None  # noqa: PLR2004
    return hit is not None and word.startswith(hit["light"] or "")


def _rimes(onset: str) -> Sequence[str]:
    if onset == "q":
        return Q_RIMES
    if onset == "gi":
        return GI_RIMES
    if onset in BEFORE_FRONT:
        return [rime for rime in RIMES if rime[0] in "eêiy" or (onset == "k" and rime == "a")]
    if onset in NOT_BEFORE_FRONT:
        return [rime for rime in RIMES if rime[0] not in "eêy" and (rime[0] != "i" or onset == "g")]
    return RIMES


def _toned(rime: str, onset: str) -> Iterator[str]:
    tones = TONES[4:] if rime.endswith(STOPS) else TONES
    places = _places(rime, onset)
    for tone in tones:
        for place in places:
            yield unicodedata.normalize("NFC", rime[: place + 1] + tone + rime[place + 1 :])


def _places(rime: str, onset: str) -> list[int]:
    """Give where the tone mark may stand: on the last marked vowel, else by the old or new way."""
    at = [index for index, letter in enumerate(rime) if letter in VOWELS]
    marked = [index for index in at if rime[index] in "ăâêôơư"]
    if not at:
        return []
    if marked and rime not in ("ưa", "ưi", "ưu"):
        return [marked[-1]]
    if onset == "q":
        return [at[1] if len(at) > 1 else at[0]]
    if len(at) == 1 or rime in ("ưa", "ưi", "ưu"):
        return [at[0]]
    if rime in ("oa", "oe", "uy"):
        return [0, 1]
    glide = rime[:2] in ("oa", "oe", "uy", "oo")
    return [at[1] if glide else at[0]]
