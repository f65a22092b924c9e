"""The way back: what was decoded, encoded again, must give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from playbooks.text.column import convert
from playbooks.text.decode import decoder
from playbooks.text.encode import encoder
from playbooks.text.verdict import Verdict


@dataclass
class Back:
    """How many values came back.

    Attributes:
        identical: The same bytes.
        equal: Other bytes of the same text: another spelling, a capital of a font.
        different: Neither; `samples` shows the first ten, as (was, came back) in hex.
    """

    identical: int = 0
    equal: int = 0
    different: int = 0
    samples: list[tuple[str, str]] = field(default_factory=list)


def check(values: Sequence[bytes | None], verdict: Verdict) -> Back:
    """Decode and encode every value by its encoding."""
    back = Back()
    for value, text in zip(values, convert(values, verdict).texts, strict=True):
        if value is None or text is None:
            continue
        name = verdict.of(value)
        try:
            again = encoder(name)(text)
        except (UnicodeEncodeError, ValueError):
            again = b""
        if again == value:
            back.identical += 1
        elif again and _same(name, again, value):
            back.equal += 1
        else:
            back.different += 1
            if len(back.samples) < 10:  # noqa: PLR2004 - samples of a report
                back.samples.append((value.hex(" "), again.hex(" ")))
    return back


def _same(name: str, one: bytes, other: bytes) -> bool:
    decode = decoder(name)
    return decode(one).lower() == decode(other).lower()
