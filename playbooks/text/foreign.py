"""Which codec the text of another language is in, by how common its letters are there.

Python knows the codecs; here is only what tells them apart: the letters beyond ASCII of each
language, commonest first, and the ranges of the common characters of East Asia.
"""

from __future__ import annotations

import functools
import itertools
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LETTERS: Mapping[str, tuple[str, ...]] = {
    "cp1252": (
        "éèàêçôîùâûïëœü",
        "üäößé",
        "óíáñéúü",
        "ãçáéóíêõúâàô",
        "åäöéøæ",
        "àèùòìé",
        "äöšåž",
        "õäüöšž",
    ),
    "cp1250": ("łąężśćóńź", "íáěéřšýžčůúťňďóâ", "áéíóőöüúű", "ăâîșțşţ", "áéýíčšľžťúôňä", "šžćčđ"),
    "cp1257": ("ėšįųžūčąę", "āīšēņļūčģķž", "äõüö"),
    "cp1254": ("ıüşğçöİâîû",),
    "cp1251": ("оеаинтсрвлкмдпуыяьбгзчйхжюшцщэфъё", "оаинтевріслкдмупзяьбгчхїйжєшцющфґ"),
    "cp1253": ("αοιετσνηυρπκμλςθωγδάίχόέφβήύώξζψ",),
}
SAME_LETTERS = {
    "iso8859-2": "cp1250", "koi8-r": "cp1251", "cp866": "cp1251", "iso8859-9": "cp1254",
    "cp850": "cp1252", "cp852": "cp1250",
}  # fmt: skip
PRIOR = {"cp1252": 0.0, "cp1250": -2.5, "cp1254": -3.0, "cp1257": -4.5, "cp1251": -4.0,
         "iso8859-2": -4.0, "koi8-r": -5.0, "cp866": -5.5, "cp850": -4.5, "cp852": -6.0,
         "cp1253": -6.0, "cp874": -5.0, "iso8859-9": -9.0}  # fmt: skip
WIDE = ("gb18030", "big5", "shift_jis", "euc-jp", "cp949")
WIDE_PRIOR = -5.0
THAI = "านรกเอวงมยลดตสทปคหบพชขจแไใโถผซณศธษภญฟ่้ัิีุู์ื็ะำึ"
SIGN, QUOTE, CAPITAL, NEXT_CAPITAL, INNER_CAPITAL, STRANGE = -6.0, -4.0, -1.0, -0.05, -5.0, -9.0
QUOTES = frozenset("“”‘’–—…•\xa0«»°§€™®©„½²³×±ºª·µ’£¿¡")
OTHER_SCRIPTS = frozenset("".join((*LETTERS["cp1251"], *LETTERS["cp1253"], THAI)))
LAST_LETTER = "ς"  # of Greek words, and nowhere else in them
THAI_GAIN = 0.9
KANA, HANGUL, COMMON, RARE, HALF = -3.7, -5.6, -7.4, -15.0, -7.0
SELDOM_HANGUL = -10.0
COMMON_HANGUL = frozenset(
    "이다는에가의을를로고하사지기리한자인대도서시어은들아제해수일정보전나라장주상과부그스있안여원비구우조생"
    "성중동국방공만연선세경문소게마오신지유민면간무적화모물관분당음위미영과건강금남심배까양발실거것년"
    "등말명모바박반본북불산석설속송순식요용운월육임입재저절점조종직진집차천철체초최추출치카크타태통투트특파판평"
    "포품피필학항행향현형호확환활황회후히힘계교군권규급내노농누능단달답더던데돈두드때또래러레려력련령록론료루류르"
    "른릉매먼면목몰못문믿번법베별병복봉됩습니까네요길김집울웅했었았겠없업엔역열예온외율은"
)
HIGH_BYTES = 4000
FEW = 0.25  # of the bytes; noise has more
READABLE = -6.8  # for each byte beyond ASCII; noise is below


@dataclass(frozen=True)
class Guess:
    """A codec, how much likelier than Windows-1252, whether it reads like text at all."""

    codec: str
    gain: float
    lead: float
    is_readable: bool


def guess(values: Sequence[bytes]) -> Guess:
    """Give the codec whose text is the likeliest; Windows-1252 where none is better."""
    sample = b"\n".join(_sample(values))
    count = sum(byte > 0x7F for byte in sample)  # noqa: PLR2004 - ASCII ends there
    weights = {codec: weight(sample, codec) + prior for codec, prior in _priors().items()}
    best, second = sorted(weights, key=lambda codec: -weights[codec])[:2]
    lead = weights[best] - weights[second]
    return Guess(
        best,
        weights[best] - weights["cp1252"],
        lead,
        count < FEW * len(sample) or weights[best] - _priors()[best] > READABLE * max(1, count),
    )


@functools.cache
def _priors() -> Mapping[str, float]:
    return PRIOR | dict.fromkeys(WIDE, WIDE_PRIOR)


def _sample(values: Sequence[bytes]) -> list[bytes]:
    total = itertools.accumulate(map(len, values))
    return [value for value, size in zip(values, total, strict=True) if size < HIGH_BYTES] or [
        values[0]
    ]


def weight(data: bytes, codec: str) -> float:
    """Give the logarithm of how likely bytes beyond ASCII are as text of a codec."""
    text = data.decode(codec, "surrogateescape")
    if codec in WIDE:
        return _wide(text, codec)
    if codec == "cp874":
        return _letters(text, THAI, thai=True)
    return max(_letters(text, each) for each in LETTERS[SAME_LETTERS.get(codec, codec)])


@functools.cache
def _costs(letters: str) -> Mapping[str, float]:
    total = math.log(sum(1 / (at + 2) for at in range(len(letters))))
    return {char: -1.5 - math.log(at + 2) - total for at, char in enumerate(letters)}


def _letters(text: str, letters: str, *, thai: bool = False) -> float:
    costs, cost, before = _costs(letters), 0.0, " "
    for char, after in itertools.pairwise(text + " "):
        if char.isascii():
            cost += SIGN if char.isalpha() and (before.lower() in OTHER_SCRIPTS) else 0.0
        elif (known := costs.get(char.lower())) is not None:
            cost += known + (THAI_GAIN if thai else 0.0)
            cost += SIGN if char == LAST_LETTER and after.isalpha() else 0.0
            mixed = before.isascii() and before.isalpha() and char.lower() in OTHER_SCRIPTS
            cost += SIGN if mixed else 0.0
        else:
            inner = before.isalpha() and after.isalpha() and char != "’"
            cost += QUOTE if char in QUOTES and not inner else STRANGE
        if char.isupper() and not (char.isascii() and before.isascii()):
            cost += _capital(before)
        before = char
    return cost


def _capital(before: str) -> float:
    if before.isupper():
        return NEXT_CAPITAL
    return INNER_CAPITAL if before.islower() else CAPITAL


def _wide(text: str, codec: str) -> float:
    cost, before = 0.0, " "
    for char in text:
        if not char.isascii():
            cost += _wide_cost(codec, char)
            cost += SIGN if before.isascii() and before.isalpha() else 0.0
        elif char.isalpha() and not before.isascii():
            cost += SIGN
        before = char
    return cost


@functools.lru_cache(1 << 15)
def _wide_cost(codec: str, char: str) -> float:
    point = ord(char)
    if 0x3040 <= point < 0x3100 or point == 0x30FC:  # noqa: PLR2004 - blocks of Unicode
        return KANA if codec in ("shift_jis", "euc-jp") else RARE
    if 0xAC00 <= point < 0xD7A4:  # noqa: PLR2004
        if char in COMMON_HANGUL:
            return HANGUL
        return _in(char, codec, (0xB0, 0xC8), SELDOM_HANGUL)
    if unicodedata.category(char) in ("Po", "Ps", "Pe") and point > 0x2FFF:  # noqa: PLR2004
        return COMMON
    if 0x4E00 <= point < 0xA000:  # noqa: PLR2004
        return _in(char, codec, _FIRST_LEVEL.get(codec, (1, 0)), COMMON)
    return HALF if 0xFF00 <= point < 0xFFF0 else RARE if point < 0xDC80 else 2 * RARE  # noqa: PLR2004


_FIRST_LEVEL = {
    "gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6), "shift_jis": (0x88, 0x97), "euc-jp": (0xB0, 0xCF)
}  # fmt: skip


def _in(char: str, codec: str, lead: tuple[int, int], cost: float) -> float:
    data = char.encode(codec)
    return cost if len(data) == 2 and lead[0] <= data[0] <= lead[1] else RARE  # noqa: PLR2004
