"""What a page says of itself to the menu."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A line of the menu; the title is English and translated when it is shown."""

    path: str
    title: str
    rank: int
