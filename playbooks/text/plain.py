"""Values of ASCII beside others: character references and VIQR among rows of other eras."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from playbooks.text import ncr, sevenbit, twice
from playbooks.text.language import WORD, is_word

WELL = 0.6  # of a value's words


def eras(values: Sequence[bytes]) -> dict[bytes, str]:
    """Give the values of ASCII that become Vietnamese, each with its encoding."""
    found = references(values)
    return found | sevenbit.beside([value for value in values if value not in found])


def references(values: Collection[bytes]) -> dict[bytes, str]:
    """Give the values of ASCII whose character references become Vietnamese words.

    Where some do, the others' references to Vietnamese letters are such too.
    """
    found: dict[bytes, str] = {}
    other: dict[bytes, str] = {}
    for value in values:
        if b"&" in value:
            text = value.decode("ascii")
            said = ncr.decode(text)
            words = [word for word in WORD.findall(said) if not word.isascii()]
            if said != text and words:
                good = sum(map(is_word, words)) >= WELL * len(words) or ncr.OURS.search(said)
                (found if good else other)[value] = said
    ours = found | {v: said for v, said in other.items() if found and twice.is_of_letters(said)}
    return dict.fromkeys(ours, "ncr")
