"""What the values of made-up columns are of: names, places, streets, offices, notes, forms."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.playbooks.text.vocabulary import forms, old_provinces, places, words

Make = Callable[[Random], str]
SIZES = (1, 1, 2, 3, 4, 5, 8, 12, 20, 40, 100, 300)
NOISE = ("12/05/2003", "0912345678", "a.b@tinh.gov.vn", "N/A", "-", "HS-00012", "TP.HCM", "OK")


def _name(chance: Random) -> str:
    middle = chance.choice(words("middle"))
    parts = (chance.choice(words("surnames")), middle, chance.choice(words("given")))
    return " ".join((*parts, chance.choice(words("given"))) if chance.random() < 0.3 else parts)


def _place(chance: Random) -> str:
    kind, name, province = chance.choice(places())
    old = chance.choice(old_provinces())
    shapes = (name, f"{kind} {name}", f"{kind.lower()} {name}, tỉnh {old}", f"Tỉnh {old}", old,
              f"{name} - {province}")  # fmt: skip
    return chance.choice(shapes)


def _street(chance: Random) -> str:
    street, (kind, name, province) = chance.choice(words("streets")), chance.choice(places())
    number = chance.randint(1, 400)
    shapes = (f"{number} {street}", f"Số {number} đường {street}, {kind.lower()} {name}",
              f"{number}/{chance.randint(1, 30)} {street}, {kind} {name}, {province}",
              f"ấp {number % 9 + 1}, {kind.lower()} {name}",
              f"Ngõ {number} phố {street}")  # fmt: skip
    return chance.choice(shapes)


def _office(chance: Random) -> str:
    kind, name, province = chance.choice(places())
    where = (f"{kind.lower()} {name}", f"tỉnh {province}", name, chance.choice(words("given")))
    return f"{chance.choice(words('offices'))} {chance.choice(where)}"


def _note(chance: Random) -> str:
    note = f"{chance.choice(words('who'))} {chance.choice(words('did'))}"
    if chance.random() < 0.5:
        note += f" {chance.choice(words('when'))}"
    return note[0].upper() + note[1:] + "." if chance.random() < 0.5 else note


def _document(chance: Random) -> str:
    return chance.choice(words("documents")).format(chance.randint(1, 3000))


def _given(chance: Random) -> str:
    return chance.choice(words("given"))


def _code(chance: Random) -> str:
    """Give a number of a file with a name joined to it."""
    code = f"{chance.choice(('HS', 'NV', 'GCN'))}{chance.randint(1000, 99999)}"
    return f"{code}{chance.choice('- ')}{_name(chance)}"


SUBJECTS: dict[str, Make] = {
    "name": _name, "place": _place, "street": _street, "office": _office, "note": _note,
    "document": _document, "given": _given, "code": _code,
}  # fmt: skip


def texts_of(chance: Random, least: int = 1) -> tuple[str, list[str | None]]:
    """Make up the texts of a column, some of it in capitals, with gaps."""
    subject = chance.choice((*SUBJECTS, *SUBJECTS, "list"))
    if subject == "list":
        form = chance.choice(forms())
        chosen = chance.sample(form, min(len(form), chance.randint(2, 12)))
        make: Make = lambda chance: chance.choice(chosen)  # noqa: E731
    else:
        make = SUBJECTS[subject]
    shape = chance.choice(("", "", "", "", "", " in capitals", " with gaps", " with others"))
    texts: list[str | None] = []
    for _ in range(max(least, chance.choice(SIZES))):
        text = make(chance)
        texts.append(text.upper() if shape == " in capitals" else text)
        if shape == " with gaps" and chance.random() < 0.5:
            texts.append(chance.choice((None, "")))
        if shape == " with others" and chance.random() < 0.3:
            texts.append(chance.choice(NOISE))
    return subject + shape, texts
