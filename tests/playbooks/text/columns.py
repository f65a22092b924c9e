"""Columns of old text with the truth beside them: made up, many kinds, by a seed."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from playbooks.text.encode import encoder
from playbooks.text.table import two_byte_capitals
from tests.playbooks.text.subjects import NOISE, SIZES, texts_of
from tests.playbooks.text.vocabulary import words

Bytes = Callable[[str], bytes]
FONTS = {
    "tcvn3": (".VnTime", "TCVN3", "ABC", "latin1"), "vni-win": ("VNI-Times", "VNI", "latin1"),
    "viscii": ("VISCII", "latin1"), "vps": ("VPS Times", "cp1252"), "cp1258": ("windows-1258",),
    "utf-8": ("utf8", "utf8mb4", "latin1"),
}  # fmt: skip
WRONG = (
    ".VnTime",
    "VNI-Times",
    "cp1258",
    "VISCII",
    "latin1",
    "utf8",
    "Arial",
    "sql_latin1_general",
)
ERAS = (
    ("tcvn3", "utf-8"), ("vni-win", "utf-8"), ("tcvn3", "vni-win"), ("vni-win", "tcvn3"),
    ("utf-8", "tcvn3"), ("utf-8", "vni-win"), ("viscii", "utf-8"), ("cp1258", "utf-8"),
    ("vps", "utf-8"), ("utf-8", "ncr"), ("tcvn3", "ncr"), ("utf-8", "double:utf-8"),
    ("utf-8", "double:tcvn3"), ("tcvn3", "viscii"), ("vni-win", "cp1258"),
)  # fmt: skip
CODE = (
    "if (a<b) { x += y^2; }", "SELECT * FROM t WHERE a='b'", "u+=1; o*=2;", "a*(b+c)", "~/a.b/c^d",
    "def f(a, *b): return a^b", "/^[aeo]+(e|o)*$/",
)  # fmt: skip
PLAIN = ("Nguyen Van An", "Ha Noi.", "da nop, cho ky.", "co'?", "TP. Ho Chi Minh")
SHORT = 20


@dataclass(frozen=True)
class Column:
    """A column and its truth.

    Attributes:
        kind: What was written: a table, `mixed`, `double`, a language, `code`.
        about: What the values are of: `name`, `place` and so on.
        encoding: What a detector should say.
        folds: Whether the encoding cannot know the case of toned capitals.
    """

    kind: str
    about: str
    encoding: str
    declared: str | None
    values: list[bytes | None]
    texts: list[str | None]
    folds: bool = False

    @property
    def is_short(self) -> bool:
        return len(self.values) <= SHORT

    def line(self, number: int) -> dict[str, object]:
        """Give the line of the machine contract."""
        coded = [None if v is None else base64.b64encode(v).decode("ascii") for v in self.values]
        return {"id": number, "declared": self.declared, "bytes_base64_list": coded}


def _declared(chance: Random, name: str) -> str | None:
    drawn = chance.random()
    if drawn < 0.6:
        return None
    return chance.choice(FONTS.get(name, WRONG) if drawn < 0.8 else WRONG)


def _each(texts: list[str | None], write: Bytes) -> list[bytes | None]:
    return [None if text is None else write(text) for text in texts]


def _settled(name: str, values: list[bytes | None], texts: list[str | None]) -> str:
    """Say `ascii` where nothing was written that any table has."""
    plain = all(v is None or v.isascii() for v in values)
    return "ascii" if plain and all(t is None or t.isascii() for t in texts) else name


def _table(name: str) -> Callable[[Random], Column]:
    def make(chance: Random) -> Column:
        about, texts = texts_of(chance)
        values = _each(texts, encoder(name))
        encoding = _settled(name, values, texts)
        return Column(
            name, about, encoding, _declared(chance, name), values, texts, name == "tcvn3"
        )

    return make


def _two_byte(chance: Random) -> Column:
    about, texts = texts_of(chance)
    codes = {text: code for code, text in two_byte_capitals().items()}
    plain = encoder("tcvn3")
    values = _each(texts, lambda text: b"".join(codes.get(c) or plain(c) for c in text))
    encoding = _settled("tcvn3", values, texts)
    return Column(
        "tcvn3, two bytes", about, encoding, _declared(chance, "tcvn3"), values, texts, True
    )


def _capital_font(chance: Random) -> Column:
    about, texts = texts_of(chance)
    values = _each(texts, lambda text: encoder("tcvn3")(text.lower()))
    upper = [text if text is None else text.upper() for text in texts]
    font = chance.choice((".VnTimeH", ".VnArialH", ".VnAvantH"))
    encoding = _settled("tcvn3-h", values, texts)
    if encoding == "ascii":
        upper = [text if text is None else text.lower() for text in texts]
    return Column("tcvn3-h", about, encoding, font, values, upper, True)


def _modern(form: str) -> Callable[[Random], Column]:
    def make(chance: Random) -> Column:
        about, texts = texts_of(chance)
        values = _each(texts, lambda text: unicodedata.normalize(form, text).encode("utf-8"))
        return Column(f"utf-8, {form}", about, _settled("utf-8", values, texts),
                      _declared(chance, "utf-8"), values, texts)  # fmt: skip

    return make


def _viqr(chance: Random) -> Column:
    about, texts = texts_of(chance)
    star = chance.random() < 0.3
    write = encoder("viqr")

    def written(text: str) -> bytes:
        parts = (
            write(c).replace(b"+", b"*") if star and not c.isascii() else write(c) for c in text
        )
        return b"".join(parts)

    values = _each(texts, written)
    return Column("viqr", about, _settled("viqr", values, texts), None, values, texts)


def _ncr(chance: Random) -> Column:
    about, texts = texts_of(chance)
    shape = chance.choice(("&#{};", "&#x{:X};", "&#x{:x};"))
    values = _each(
        texts,
        lambda text: "".join(c if c.isascii() else shape.format(ord(c)) for c in text).encode(),
    )
    return Column("ncr", about, _settled("ncr", values, texts), None, values, texts)


def _double(chance: Random) -> Column:
    name = chance.choice(
        ("utf-8", "utf-8", "utf-8", "tcvn3", "tcvn3", "vni-win", "viscii", "cp1258")
    )
    about, texts = texts_of(chance)
    if chance.random() < 0.5:
        values = _each(texts, encoder(f"double:{name}"))
    else:
        values = _each(texts, lambda text: encoder(name)(text).decode("latin-1").encode("utf-8"))
    encoding = _settled(f"double:{name}", values, texts)
    return Column(
        "double", about, encoding, _declared(chance, "utf-8"), values, texts, name == "tcvn3"
    )


def _eras(chance: Random) -> Column:
    pair, share = chance.choice(ERAS), chance.choice((0.1, 0.3, 0.5))
    about, texts = texts_of(chance, 8)
    names = [pair[chance.random() < share] for _ in texts]
    values = [t if t is None else encoder(n)(t) for n, t in zip(names, texts, strict=True)]
    used = {n for n, t in zip(names, texts, strict=True) if t and not t.isascii()}
    encoding = "mixed" if len(used) > 1 else next(iter(used), "ascii")
    folds = any("tcvn3" in name for name in pair)
    return Column("mixed", about, encoding, None, values, texts, folds)


def _foreign(language: str, codec: str) -> Callable[[Random], Column]:
    said = words(language.lower())

    def make(chance: Random) -> Column:
        few = chance.sample(said, chance.randint(1, len(said)))
        texts: list[str | None] = [chance.choice(few) for _ in range(chance.choice(SIZES))]
        if chance.random() < 0.3:
            texts += chance.choices((*NOISE, None, ""), k=5)
        if codec == "cp1252" and chance.random() < 0.2:
            texts = [text and text.upper() for text in texts]
        values = _each(texts, lambda text: text.encode(codec))
        right = "utf-8" if codec == "utf-8" else "foreign"
        declared = chance.choice((None, None, None, *WRONG, codec))
        encoding = _settled(right, values, texts)
        return Column(f"{language}, {codec}", "foreign", encoding, declared, values, texts)

    return make


def _code(chance: Random) -> Column:
    def hexed() -> str:
        return f"{chance.getrandbits(64):016x}"

    makes: tuple[Callable[[], str], ...] = (
        hexed,
        lambda: base64.b64encode(chance.randbytes(chance.randint(6, 60))).decode("ascii"),
        lambda: f"{chance.choice(('o.doan', 'le+thi', 'a.uu'))}{chance.randint(1, 99)}@x.gov.vn",
        lambda: f"https://x.gov.vn/~o?id={chance.randint(1, 999)}&a=e.",
        lambda: chance.choice(CODE),
        lambda: f"{chance.randint(1, 28):02d}/{chance.randint(1, 12):02d}/1987",
        lambda: str(chance.randint(1, 10**9)), lambda: f"+84 (24) 3{chance.randint(10**6, 10**7)}",
        lambda: "".join(chance.choices("abdeiouAEO0123^~`'?.*+(", k=10)),
        lambda: chance.choice(PLAIN),
        lambda: chance.choice(words("english")),
    )  # fmt: skip
    make = chance.choice(makes)
    texts: list[str | None] = [make() for _ in range(chance.choice(SIZES))]
    values = _each(texts, str.encode)
    return Column(
        "code, English", "code", "ascii", chance.choice((None, None, *WRONG)), values, texts
    )


KINDS: tuple[tuple[int, Callable[[Random], Column]], ...] = (
    (6, _table("tcvn3")), (2, _two_byte), (2, _capital_font), (6, _table("vni-win")),
    (4, _table("viscii")), (4, _table("vps")), (4, _table("cp1258")), (3, _table("bkhcm1")),
    (3, _table("bkhcm2")), (2, _table("tcvn5712-1")), (2, _table("tcvn5712-2")), (4, _viqr),
    (4, _ncr), (6, _double), (10, _eras), (6, _modern("NFC")), (3, _modern("NFD")),
    (4, _foreign("French", "cp1252")), (2, _foreign("French", "utf-8")),
    (3, _foreign("German", "cp1252")), (2, _foreign("Thai", "cp874")),
    (1, _foreign("Thai", "utf-8")), (2, _foreign("Chinese", "gb18030")),
    (1, _foreign("Chinese", "utf-8")), (10, _code),
)  # fmt: skip


def columns(seed: int, count: int) -> list[Column]:
    """Make up columns of all kinds; the same seed gives the same ones."""
    chance = Random(seed)  # noqa: S311 - made-up text
    makes = chance.choices([make for _, make in KINDS], [weight for weight, _ in KINDS], k=count)
    return [make(chance) for make in makes]
