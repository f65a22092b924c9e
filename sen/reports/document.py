"""A report as data: headings, paragraphs, tables, figures; HTML, PDF and Word are made from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from stacks.problem import Language


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes:
        tone: `fail`, `pass`, `strong`, `code`, ...: how it looks.
        anchor: What others may point to.
        to: Anchor that it points to.
    """

    text: str
    tone: str = ""
    anchor: str = ""
    to: str = ""


@dataclass(frozen=True)
class Heading:
    text: str
    depth: int = 1
    new_page: bool = False


@dataclass(frozen=True)
class Paragraph:
    text: str
    tone: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under a head that is repeated on each page.

    Attributes:
        widths: Percent of the width, a column each.
        head: Titles of the columns; none for a table of names and values.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]
    caption: str = ""


@dataclass(frozen=True)
class Figure:
    svg: str
    caption: str


@dataclass(frozen=True)
class Signatures:
    """Who signs: a column each, with title and the line under it."""

    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Cover:
    """The first page.

    Attributes:
        above, below: The agency above and the one that writes, at the left.
        facts: Names and values.
        warnings: What a reader must know before anything else.
    """

    above: str
    below: str
    motto: tuple[str, str]
    place: str
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    basis: str
    tally_title: str
    tally: tuple[Cell, ...]
    warnings: tuple[str, ...]


Block = Heading | Paragraph | Table | Figure | Signatures


@dataclass(frozen=True)
class Document:
    language: Language
    title: str
    running: str
    cover: Cover
    blocks: tuple[Block, ...]
    landscape: bool = False

    def headings(self) -> Iterator[Heading]:
        return (block for block in self.blocks if isinstance(block, Heading))


def cells(*values: str | Cell) -> tuple[Cell, ...]:
    """Give a row."""
    return tuple(value if isinstance(value, Cell) else Cell(value) for value in values)


def table(
    head: Sequence[str], widths: Sequence[int], rows: Iterable[tuple[Cell, ...]], caption: str = ""
) -> Table:
    return Table(tuple(head), tuple(rows), tuple(widths), caption)


def pairs(rows: Iterable[tuple[str, str]]) -> Table:
    """Give a table of names and values."""
    named = tuple((Cell(name, "strong"), Cell(value)) for name, value in rows)
    return Table((), named, (34, 66))
