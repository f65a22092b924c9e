"""How names are compared: without diacritics, case, punctuation and words like "Tỉnh"."""

import unicodedata

from stacks.models.body import AgencyKind

_PROVINCIAL = frozenset({AgencyKind.CITY, AgencyKind.PROVINCE})
_COMMUNAL = frozenset({AgencyKind.COMMUNE, AgencyKind.WARD, AgencyKind.SPECIAL_ZONE})

# What stands before a name, and which kinds of body it can stand for (empty: any).
PREFIXES: dict[str, frozenset[AgencyKind]] = {
    "uy ban nhan dan": frozenset(),
    "hoi dong nhan dan": frozenset(),
    "ubnd": frozenset(),
    "hdnd": frozenset(),
    "thanh pho": _PROVINCIAL,
    "tp": _PROVINCIAL,
    "tinh": _PROVINCIAL,
    "province": _PROVINCIAL,
    "bo": frozenset({AgencyKind.MINISTRY}),
    "ministry of": frozenset({AgencyKind.MINISTRY}),
    "dac khu": _COMMUNAL,
    "phuong": _COMMUNAL,
    "xa": _COMMUNAL,
    "ward": _COMMUNAL,
    "commune": _COMMUNAL,
}


def fold(text: str) -> str:
    """Give the text's letters and digits without marks, in lower case, words apart by one space."""
    letters = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    bare = "".join(c for c in letters if unicodedata.category(c) != "Mn" and c not in "'’`")
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def same_marks(one: str, other: str) -> bool:
    """Tell whether two spellings bear the same marks; Hòa and Hoà do, Hóa does not."""
    return _marks(one) == _marks(other)


def _marks(text: str) -> list[list[str]]:
    letters = unicodedata.normalize("NFD", text.casefold())
    return [sorted(word) for word in letters.split()]


def split_prefix(folded: str) -> tuple[frozenset[AgencyKind], str]:
    """Split "tinh phu tho" into the kinds it can stand for and the bare name."""
    kinds: frozenset[AgencyKind] = frozenset()
    rest = folded
    while word := next((p for p in PREFIXES if rest.startswith(f"{p} ")), None):
        kinds = PREFIXES[word] or kinds
        rest = rest.removeprefix(f"{word} ")
    return kinds, rest
