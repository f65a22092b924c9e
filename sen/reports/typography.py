"""How dates, numbers and states are written in each language."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import ClassVar

from sen.assessment.weight import VIET_NAM
from stacks.problem import Language
from stacks.wording import sentences

NO_BREAK = "\u00a0"
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class Pen:
    """Writes in one language, with the words of a package.

    Attributes:
        package: Whose `words.yaml` it reads.
    """

    package: ClassVar[str] = "sen.reports"

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, /, **values: object) -> str:
        """Give the words of a key, its places filled."""
        return composed(sentences(self.package)[key][self.language].format_map(values))

    def either(self, vi: str, en: str) -> str:
        return composed(vi if self.language is Language.VI else en)

    def day(self, day: date | None) -> str:
        """Write 22/11/2026, or 22 November 2026."""
        if day is None:
            return ""
        if self.language is Language.VI:
            return f"{day:%d/%m/%Y}"
        return NO_BREAK.join((str(day.day), MONTHS[day.month - 1], str(day.year)))

    def moment(self, moment: datetime) -> str:
        """Write the time in Viet Nam: 22/11/2026 08:05."""
        there = moment.astimezone(VIET_NAM)
        return f"{self.day(there.date())} {there:%H:%M}"

    def number(self, number: float) -> str:
        """Write 1.234,5, or 1,234.5."""
        text = f"{number:,}"
        if self.language is Language.VI:
            return text.translate(str.maketrans(",.", ".,"))
        return text


def composed(text: str) -> str:
    """Give text as one code point a letter; a number keeps to the word before it."""
    return unicodedata.normalize("NFC", text)
