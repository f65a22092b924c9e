"""How many made-up columns are read right, by kind: `python -m tests.playbooks.text.accuracy`.

A column is right where its encoding is found and every value's text is the truth. Case counts,
but for toned letters of TCVN3, whose case no byte holds. Where two tables write a column with the
same bytes ("Có" in VISCII and in Windows-1258), either name is right if the text is.
"""

from __future__ import annotations

import io
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playbooks.text.batch import Answer, answers
from tests.playbooks.text.columns import Column, columns

SEEDS, COUNT = (2026, 2027), 2500
UNTOUCHED = ("utf-8", "ascii", "foreign")


@dataclass
class Right:
    """How many columns of a kind were seen, were right, and were wrongly taken for Vietnamese."""

    seen: int = 0
    short: int = 0
    right: int = 0
    short_right: int = 0
    false: int = 0

    def add(self, column: Column, answer: Answer) -> None:
        is_right = right(column, answer)
        self.seen += 1
        self.right += is_right
        self.short += column.is_short
        self.short_right += column.is_short and is_right
        self.false += column.encoding in UNTOUCHED and answer["text_list"] != column.texts


def right(column: Column, answer: Answer) -> bool:
    """Whether an answer has the encoding and every text."""
    if [_seen(column, t) for t in answer["text_list"]] != [_seen(column, t) for t in column.texts]:
        return False
    found = answer["encoding"]
    if column.encoding in UNTOUCHED:
        return bool(found == column.encoding)
    return found not in UNTOUCHED


def _seen(column: Column, text: str | None) -> str | None:
    return text.casefold() if text and column.folds else text


def judged(seed: int, count: int) -> Iterator[tuple[Column, Answer]]:
    """Send the columns of a seed through the machine contract."""
    made = columns(seed, count)
    lines = io.StringIO("\n".join(json.dumps(each.line(at)) for at, each in enumerate(made)))
    return zip(made, answers(lines), strict=True)


def accuracy(seeds: Sequence[int], count: int = COUNT) -> dict[str, Right]:
    """Count by kind of column."""
    found: dict[str, Right] = defaultdict(Right)
    for seed in seeds:
        for column, answer in judged(seed, count):
            found[column.kind].add(column, answer)
    return dict(sorted(found.items()))


def table_of(found: dict[str, Right]) -> list[str]:
    """Give the table of the page."""
    seeds = " and ".join(map(str, SEEDS))
    every = [*found.values()]
    total = Right(*(sum(getattr(each, name) for each in every) for name in Right.__annotations__))
    rows = [*found.items(), ("**all**", total)]
    return [
        f"Columns read right, of made-up ones of seeds that were kept back ({seeds};",
        "`python -m tests.playbooks.text.accuracy`); the words they are made of were known. Right:",
        "every value is the truth, the case of TCVN3's toned letters aside, and old text is told",
        "from Unicode, ASCII and other languages; which of two tables that write a column with the",
        "same bytes is named does not count. Short: 20 values or fewer. The last column counts",
        "columns that should have stayed and did not.",
        "",
        "| kind | columns | right | of short ones | changed wrongly |",
        "|---|--:|--:|--:|--:|",
        *(
            f"| {kind} | {each.seen} | {_share(each.right, each.seen)} "
            f"| {_share(each.short_right, each.short)} | {each.false} |"
            for kind, each in rows
        ),
    ]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else ""


if __name__ == "__main__":
    sys.stdout.write("\n".join(table_of(accuracy(SEEDS))) + "\n")
