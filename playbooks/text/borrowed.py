"""Words of other languages in VIQR: written with our marks, but no syllables of ours."""

from __future__ import annotations

import re

MARKED = r"[aeoAEO]\^[`'?~.]?|[aA]\([`'?~.]?|[uoUO][+*][`'?~.]?"
TONED = (
    r"[aeiouy][`~'](?=[a-z]{3})|[AEIOUY][`~'](?=[A-Z]{3})"
    r"|[aeiouyAEIOUY]\.(?=(?:n[gh]|ch|N[GH]|CH)(?![a-zA-Z]))"
)
LAST = r"(?<=[a-zA-Z]{3})[eiouyEIOUY]'(?=\Z)"
SPELT = re.compile(rf"(?:[dD][dD](?=[aeiouyAEIOUY])|{MARKED}|{TONED}|{LAST}|[a-zA-Z])+")
INNER = re.compile(rf"{MARKED}|{TONED}|{LAST}|\b[dD][dD](?=[aeiouyAEIOUY])")
CONTRACTED = re.compile(r"'(?:s|d|re|ve|ll)\Z|n't\Z|\A[a-z]'", re.IGNORECASE)
BEFORE, BEHIND, QUOTE = "([\"'", ')]",;:!', "'"
LEAST = 4  # characters: `e^x` is no word


def part(token: str) -> tuple[str, str, str]:
    """Part a token into signs before, the word, and signs behind; all of them together are it."""
    body = token.lstrip(BEFORE)
    before = token[: len(token) - len(body)]
    word = body.rstrip(BEHIND + QUOTE if QUOTE in before else BEHIND)
    if "(" in word and body[len(word) :].startswith(")"):  # `data(e)`
        word = body
    return before, word, body[len(word) :]


def is_borrowed(word: str) -> bool:
    """Whether letters and marks alone stand in a word, each mark where a letter takes it."""
    return (
        len(word) >= LEAST
        and INNER.search(word) is not None
        and SPELT.fullmatch(word) is not None
        and not CONTRACTED.search(word)
    )
