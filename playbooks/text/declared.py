"""What a declared charset or font tells: a table, a codec that Python knows, or nothing."""

from __future__ import annotations

import codecs
import re

from playbooks.text.table import NAMES

FONTS = (
    (re.compile(r"^\.?vn[\w .-]*h$"), "tcvn3-h"),
    (re.compile(r"^\.vn|^vn(time|arial)|^abc$|tcvn-?3"), "tcvn3"),
    (re.compile(r"^vni\b|^vni-"), "vni-win"),
    (re.compile(r"^vps"), "vps"),
    (re.compile(r"^vi?-?scii|^viet-?scii"), "viscii"),
    (re.compile(r"^bk ?hcm ?2|^vncenturyschool2"), "bkhcm2"),
    (re.compile(r"^bk ?hcm"), "bkhcm1"),
    (re.compile(r"vn-?1$|vscii-?1$|^tcvn-?5712:?-?1|^tcvn$|^tcvn-?5712(:1993)?$"), "tcvn5712-1"),
    (re.compile(r"vn-?2$|vscii-?2$|^iso-ir-180$"), "tcvn5712-2"),
    (re.compile(r"vn-?3$|vscii-?3$"), "tcvn5712-3"),
    (re.compile(r"^(cp|windows-?|win-?|x-cp|ms)1258$"), "cp1258"),
)
SILENT = frozenset({"latin-1", "iso8859-1", "cp1252", "ascii", "iso8859-15", "cp437", "cp850"})


def told(declared: str | None) -> str | None:
    """Give the table that a font or charset stands for, None where it tells nothing."""
    if not declared:
        return None
    name = declared.strip().strip("\"'").lower().replace("_", "-")
    if name in NAMES:
        return name
    return next((kind for pattern, kind in FONTS if pattern.search(name)), None)


def codec(declared: str | None) -> str | None:
    """Give Python's codec of a declared charset of another language than ours."""
    if not declared or told(declared):
        return None
    try:
        name = codecs.lookup(declared.strip()).name
    except (LookupError, ValueError):
        return None
    return None if name in SILENT or name.startswith("utf") else name
