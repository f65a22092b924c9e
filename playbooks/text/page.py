"""What web pages in Windows-1252 sent: the letters it lacks came as character references."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playbooks.text import ncr
from playbooks.text.decode import latin
from playbooks.text.language import WORD, is_word
from playbooks.text.verdict import Verdict

OURS = re.compile("[ăĂđĐĩĨũŨơƠưƯ\u1ea0-\u1ef9]")  # letters that Windows-1252 lacks
LATIN = re.compile("[\u00c0-\u00ff]")
SEEN = 3  # references that show that none stands for a letter of Windows-1252
READ = 0.9  # of the words


def judge(raw: Sequence[bytes], plain: Sequence[bytes]) -> Verdict | None:
    """Judge a column with other bytes than ASCII; None where it is no such page's."""
    if b"&" not in b"".join(raw) and b"&" not in b"".join(plain):
        return None
    both = any(OURS.search(_references(value)) for value in raw)
    sent = "".join(map(_references, (*raw, *plain)))
    if LATIN.search(sent) or not (both or len(OURS.findall(sent)) >= SEEN):
        return None
    words = [
        word
        for value in raw
        for word in WORD.findall(ncr.decode(latin(value)))
        if not word.isascii()
    ]
    good = sum(map(is_word, words))
    if not words or good < READ * len(words):
        return None
    told = f"{good} of {len(words)} words are Vietnamese"
    reason = f"letters of Windows-1252 and character references; {told}"
    return Verdict("ncr", round(good / len(words), 4), reason)


def _references(value: bytes) -> str:
    """Give what a value's references stand for, without what stands between them."""
    text = latin(value)
    return "".join(ncr.decode(hit[0]) for hit in ncr.REFERENCE.finditer(text))
