"""What is no text in a column of text: rows of other bytes, and zeros that fill a field."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from playbooks.text.kind import is_utf8
from playbooks.text.table import BYTE_TABLES, table
from playbooks.text.verdict import Verdict

FEW = 0.25  # of the rows; where there are more, the column itself is no text
FILL = b"\0"
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")
NO_TEXT_OF_OURS = frozenset({"ascii", "foreign", "unknown"})
FAMILY = frozenset({"tcvn3", "tcvn3-h", "tcvn5712-2", "tcvn5712-3"})  # its VN1 has capitals there
FIRST_PRINTED = 0x20


def unfilled(values: Sequence[bytes]) -> Mapping[bytes, bytes]:
    """Give each value without the zeros that fill its field."""
    if not any(value.endswith(FILL) for value in values):
        return {}
    return {value: value.rstrip(FILL) for value in values}


def filled(verdict: Verdict, whole: Mapping[bytes, bytes]) -> Verdict:
    """Say of the values as they stand what was found without the zeros at their ends."""
    said = verdict.exceptions
    exceptions = {value: said[part] for value, part in whole.items() if part in said}
    doubtful = frozenset(v for v, part in whole.items() if part in verdict.doubtful)
    return replace(verdict, exceptions=exceptions, doubtful=doubtful)


def few(rows: Mapping[bytes, int]) -> frozenset[bytes]:
    """Give the values with control codes, if few rows have them.

    Zeros that fill a field are none, and letters in UTF-8 are text whatever stands between.

    Args:
        rows: How many rows have each value.
    """
    if not CONTROL.search(b"\n".join(rows)):
        return frozenset()
    parts = {value: value.rstrip(FILL) for value in rows}
    odd = [value for value, part in parts.items() if CONTROL.search(part) and not _is_text(part)]
    is_few = sum(rows[value] for value in odd) <= FEW * sum(rows.values())
    return frozenset(parts[value] for value in odd) if is_few else frozenset()


def _is_text(value: bytes) -> bool:
    return not value.isascii() and is_utf8(value)


def beside(verdict: Verdict, odd: Collection[bytes]) -> Verdict | None:
    """Add rows that are no text to what the others are; None where they may be old letters."""
    used = {verdict.encoding, *verdict.exceptions.values()}
    if {name.removeprefix("double:") for name in used} & _open():
        return None
    lost = [value for value in odd if not value.isascii()]
    exceptions = {**verdict.exceptions, **dict.fromkeys(lost, "unknown")}
    return replace(
        verdict,
        reason=f"{verdict.reason}; {len(odd)} values with control codes",
        exceptions=exceptions,
        doubtful=verdict.doubtful.union(odd),
    )


@functools.cache
def _open() -> frozenset[str]:
    """Give the encodings beside which a control code may be a letter."""
    heads = {name: table(name).single[:FIRST_PRINTED] for name in BYTE_TABLES}
    own = {name for name, head in heads.items() if any(map(str.isalpha, head))}
    return NO_TEXT_OF_OURS | FAMILY | own
