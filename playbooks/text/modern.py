"""Columns of valid UTF-8: as they stand, or old bytes that were stored so by mistake.

The rule above all others: what is Unicode already stays. Signs of measure, and words of other
languages, are no reason to think of old bytes.
"""

from __future__ import annotations

from collections.abc import Collection

from playbooks.text import plain, twice
from playbooks.text.kind import Kinds, body
from playbooks.text.verdict import Verdict


def judge(kinds: Kinds) -> Verdict:
    """Judge distinct values of UTF-8 and ASCII."""
    sound = Verdict("utf-8", 0.99, "valid UTF-8", doubtful=frozenset(kinds.cut))
    found, double = twice.stored_twice(kinds.unicode)
    names = {**double, **_cut(kinds.cut, double.values()), **plain.eras(kinds.plain)}
    if not names:
        return sound
    kept = {value: "utf-8" for value in kinds.unicode if value not in double}
    used = sorted(set(names.values()))
    if len(used) == 1 and not kept and double:
        reason = "old bytes that were taken for Windows-1252 and stored as UTF-8"
        if found.ties and used[0] == f"double:{found.name}":
            alike = ", ".join(f"double:{name}" for name in found.ties)
            reason += f"; the bytes are the same text in {alike}"
        return Verdict(used[0], max(found.confidence, 0.9), reason, doubtful=frozenset(kinds.cut))
    reason = f"rows of several eras: {', '.join([*used, *sorted(set(kept.values()))])}"
    return Verdict("mixed", 0.9, reason, names | kept, frozenset(kinds.cut))


def _cut(values: Collection[bytes], names: Collection[str]) -> dict[bytes, str]:
    """Give the cut values that were stored twice as all others were."""
    if len(set(names)) != 1:
        return {}
    (name,) = set(names)
    twice_cut = (value for value in values if twice.is_suspect(body(value), modern=True))
    return {value: name for value in twice_cut if twice.is_clean(value, name)}
